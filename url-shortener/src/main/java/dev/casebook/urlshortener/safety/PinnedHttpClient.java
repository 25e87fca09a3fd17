package dev.casebook.urlshortener.safety;

import dev.casebook.urlshortener.link.NormalizedUrl;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Gets one page from an address that the caller has resolved and checked. Connecting by name would resolve it a second
 * time, and the answer may differ (DNS rebinding); so the connection goes to the address, while the name stands only where it
 * belongs: in the Host header, in TLS's server name, and in the check of the certificate. Thread-safe; blocks the caller, not
 * its one event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a close that fails leaves nothing to be done
final class PinnedHttpClient implements AutoCloseable {
    private static final int HTTPS_PORT = 443;
    private static final int HTTP_PORT = 80;
    private static final int INITIAL_LINE_BYTES_MAX = 4_096;
    private static final int HEADER_BYTES_MAX = 16_384;
    private static final int CHUNK_BYTES_MAX = 8_192;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final SslContext tls;

    PinnedHttpClient(SslContext tls) {
        this.tls = tls;
    }

    /**
     * What came back.
     *
     * @param location of a redirect, null without
     * @param contentType null without
     * @param body as far as it was read, in its transfer-decoded form
     */
    record Page(
            int status, @Nullable String location, @Nullable String contentType, InputStream body) {}

    /**
     * Gets a page.
     *
     * @param bodyBytesMax the rest of a longer body is not read
     * @throws IOException when the page cannot be had within the time
     */
    Page get(NormalizedUrl url, InetAddress address, int bodyBytesMax, Duration within)
            throws IOException, InterruptedException {
        CompletableFuture<Page> page = new CompletableFuture<>();
        Channel channel = new Bootstrap()
                .group(group)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.max(1, within.toMillis()))
                .handler(new Initializer(url, bodyBytesMax, page))
                .connect(new InetSocketAddress(address, url.port()))
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        page.completeExceptionally(connected.cause());
                    }
                })
                .channel();
        try {
            return page.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new IOException("no page within " + within, late);
        } catch (ExecutionException failed) {
            throw new IOException(String.valueOf(failed.getMessage()), failed);
        } finally {
            channel.close();
        }
    }

    private final class Initializer extends ChannelInitializer<Channel> {
        private final NormalizedUrl url;
        private final int bodyBytesMax;
        private final CompletableFuture<Page> page;

        Initializer(NormalizedUrl url, int bodyBytesMax, CompletableFuture<Page> page) {
            this.url = url;
            this.bodyBytesMax = bodyBytesMax;
            this.page = page;
        }

        @Override
        protected void initChannel(Channel channel) {
            if (url.scheme().equals("https")) {
                // The peer's name is what TLS sends as server name and compares the certificate with.
                SslHandler handler = tls.newHandler(channel.alloc(), url.host(), url.port());
                channel.pipeline().addLast(handler);
            }
            channel.pipeline()
                    .addLast(new HttpClientCodec(INITIAL_LINE_BYTES_MAX, HEADER_BYTES_MAX, CHUNK_BYTES_MAX))
                    .addLast(new Collector(request(url), bodyBytesMax, page));
        }
    }

    private static FullHttpRequest request(NormalizedUrl url) {
        int pathStart = url.url().indexOf('/', url.scheme().length() + 3);
        String target = url.url().substring(pathStart).replaceFirst("#.*", "");
        boolean defaultPort = url.port() == (url.scheme().equals("https") ? HTTPS_PORT : HTTP_PORT);
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target, Unpooled.EMPTY_BUFFER);
        HttpHeaders headers = request.headers();
        headers.set(HttpHeaderNames.HOST, defaultPort ? url.host() : url.host() + ":" + url.port());
        headers.set(HttpHeaderNames.USER_AGENT, "casebook-title-fetcher");
        headers.set(HttpHeaderNames.ACCEPT, "text/html");
        // Uncompressed, so that no small answer can become a large one.
        headers.set(HttpHeaderNames.ACCEPT_ENCODING, HttpHeaderValues.IDENTITY);
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        return request;
    }

    /** Runs on the event loop; one per connection. */
    private static final class Collector extends SimpleChannelInboundHandler<HttpObject> {
        private final FullHttpRequest request;
        private final int bodyBytesMax;
        private final CompletableFuture<Page> page;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private @Nullable HttpResponse head;

        Collector(FullHttpRequest request, int bodyBytesMax, CompletableFuture<Page> page) {
            this.request = request;
            this.bodyBytesMax = bodyBytesMax;
            this.page = page;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.writeAndFlush(request, context.voidPromise());
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) throws IOException {
            if (part.decoderResult().isFailure()) {
                throw new IOException(
                        "not HTTP: " + part.decoderResult().cause().getMessage());
            }
            if (part instanceof HttpResponse response) {
                head = response;
            }
            if (part instanceof HttpContent content && head != null) {
                ByteBuf bytes = content.content();
                int length = Math.min(bytes.readableBytes(), bodyBytesMax - body.size());
                bytes.getBytes(bytes.readerIndex(), body, length);
                if (part instanceof LastHttpContent || body.size() >= bodyBytesMax) {
                    complete(context, head);
                }
            }
        }

        private void complete(ChannelHandlerContext context, HttpResponse response) {
            page.complete(new Page(
                    response.status().code(),
                    response.headers().get(HttpHeaderNames.LOCATION),
                    response.headers().get(HttpHeaderNames.CONTENT_TYPE),
                    new ByteArrayInputStream(body.toByteArray())));
            context.close();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            page.completeExceptionally(new IOException("connection closed before the page was whole"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            page.completeExceptionally(cause);
            context.close();
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
}
