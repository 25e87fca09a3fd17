package dev.casebook.urlshortener.analytics.capture;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.TopicExistsException;

/** Makes the topic of clicks: the broker's own default would be one partition. */
public final class ClickTopic {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private ClickTopic() {}

    /**
     * Makes sure that a topic exists and has at least so many partitions, replicated as the broker's default says.
     *
     * @throws TimeoutException when Kafka does not answer within 5 s
     * @throws ExecutionException when it refuses
     */
    public static void ensure(String bootstrapServers, String topic, int partitions)
            throws InterruptedException, ExecutionException, TimeoutException {
        Map<String, Object> config = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis(),
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, (int) TIMEOUT.toMillis());
        try (Admin admin = Admin.create(config)) {
            try {
                admin.createTopics(List.of(new NewTopic(topic, Optional.of(partitions), Optional.empty())))
                        .all()
                        .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
                widen(admin, topic, partitions);
            }
        }
    }

    private static void widen(Admin admin, String topic, int partitions)
            throws InterruptedException, ExecutionException, TimeoutException {
        int present = 0;
        for (TopicDescription description : admin.describeTopics(List.of(topic))
                .allTopicNames()
                .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .values()) {
            present = description.partitions().size();
        }
        if (present >= partitions) {
            return;
        }
        try {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions)))
                    .all()
                    .get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof InvalidPartitionsException)) { // another node was faster
                throw e;
            }
        }
    }
}
