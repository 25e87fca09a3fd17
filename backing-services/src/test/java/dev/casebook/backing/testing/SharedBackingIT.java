package dev.casebook.backing.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

class SharedBackingIT {
    @Test
    void givesEachCallerAnEmptyDatabaseOfItsOwn() throws Exception {
        String first = SharedBacking.freshDatabase();
        String second = SharedBacking.freshDatabase();

        execute(first, "CREATE TABLE link (slug text)");
        execute(second, "CREATE TABLE link (slug text)");

        assertThat(first).isNotEqualTo(second).contains("user=", "password=");
    }

    @Test
    void storesUnicodeText() throws Exception {
        String database = SharedBacking.freshDatabase();

        try (Connection connection = DriverManager.getConnection(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT upper('straße ü'), 'Z' < 'a'")) {
            row.next();

            assertThat(row.getString(1)).isEqualTo("STRASSE Ü".replace("SS", "ß"));
            assertThat(row.getBoolean(2)).isTrue();
        }
    }

    @Test
    void redisSpeaksResp3AndTracksKeys() {
        String key = SharedBacking.freshPrefix() + "key";

        try (RedisClient client = RedisClient.create(SharedBacking.redis().uri());
                StatefulRedisConnection<String, String> connection = client.connect()) {
            connection.sync().set(key, "value");

            assertThat(connection.sync().get(key)).isEqualTo("value");
            assertThat(connection
                            .sync()
                            .clientTracking(io.lettuce.core.TrackingArgs.Builder.enabled()
                                    .bcast()))
                    .isEqualTo("OK");
        }
    }

    @Test
    void kafkaHasOnlyTheTopicsThatWereMade() throws Exception {
        String topic = SharedBacking.freshTopic("clicks");
        String other = SharedBacking.freshTopic("clicks");

        try (Admin admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                SharedBacking.kafka().bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(3), Optional.empty())))
                    .all()
                    .get();

            assertThat(admin.listTopics().names().get()).contains(topic).doesNotContain(other);
        }
    }

    private static void execute(String url, String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
