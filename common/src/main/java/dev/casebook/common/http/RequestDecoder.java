package dev.casebook.common.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ByteProcessor;
import java.util.List;

/**
 * Netty's decoder, which already refuses a bare LF, differing or repeated {@code Content-Length}, {@code Content-Length} with {@code Transfer-Encoding}, and white space
 * before a colon; this adds what it lets through and others read differently (RFC 9112 sections 3, 3.2, 5.2 and 6.1): control characters in the target, folded lines,
 * transfer codings other than a single {@code chunked}, and HTTP/1.1 without exactly one {@code Host}. It also tells where in a message it stands, which decides about the fast path and about time limits.
 */
final class RequestDecoder extends HttpRequestDecoder {
    enum Position {
        BETWEEN_MESSAGES,
        IN_HEAD,
        IN_BODY
    }

    private final LoopState loop;
    private final FoldFinder foldFinder = new FoldFinder();
    private Position position = Position.BETWEEN_MESSAGES;
    private int positionSinceTick;
    private int receivedSinceTick;
    private boolean foundFold;

    /** Finds a line that begins with white space; keeps its state from one piece of a head to the next. */
    private static final class FoldFinder implements ByteProcessor {
        private boolean atLineStart;

        @Override
        public boolean process(byte value) {
            if (atLineStart && (value == ' ' || value == '\t')) {
                return false;
            }
            atLineStart = value == '\n';
            return true;
        }
    }

    RequestDecoder(HttpLimits limits, LoopState loop) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(limits.uriBytes())
                .setMaxHeaderSize(limits.headerBytes())
                .setMaxChunkSize(limits.bodyBytes()));
        this.loop = loop;
    }

    Position position() {
        return position;
    }

    int positionSinceTick() {
        return positionSinceTick;
    }

    /** The first byte of what comes next arrived at {@code tick}: it may have waited in front of the decoder. */
    void receivedSince(int tick) {
        receivedSinceTick = tick;
    }

    /** Nothing of a message has arrived that was not handed on whole. */
    boolean isDrained() {
        return position == Position.BETWEEN_MESSAGES && actualReadableBytes() == 0;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        int from = buffer.readerIndex();
        int before = out.size();
        boolean inHead = position != Position.IN_BODY;
        super.decode(ctx, buffer, out);
        boolean folded = inHead && buffer.forEachByte(from, buffer.readerIndex() - from, foldFinder) >= 0;
        if (out.size() > before) {
            if (out.get(before) instanceof HttpRequest request) {
                foldFinder.atLineStart = false;
                refuseAmbiguous(request, folded);
            }
            moveTo(
                    out.getLast() instanceof LastHttpContent ? Position.BETWEEN_MESSAGES : Position.IN_BODY,
                    loop.tick());
            receivedSinceTick = loop.tick();
        } else if (position == Position.BETWEEN_MESSAGES && (buffer.isReadable() || buffer.readerIndex() > from)) {
            moveTo(Position.IN_HEAD, receivedSinceTick);
        }
        foundFold |= folded;
    }

    private void refuseAmbiguous(HttpRequest request, boolean folded) {
        boolean wasFolded = folded || foundFold;
        foundFold = false;
        if (!request.decoderResult().isSuccess()) {
            return;
        }
        if (wasFolded) {
            refuse(request, "a header field is folded over several lines");
            return;
        }
        if (hasControls(request.uri())) {
            refuse(request, "the target has white space or control characters in it");
            return;
        }
        List<String> codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!codings.isEmpty()
                && (codings.size() > 1 || !HttpHeaderValues.CHUNKED.contentEqualsIgnoreCase(codings.getFirst()))) {
            refuse(request, "the only transfer coding understood is chunked");
            return;
        }
        int hosts = request.headers().getAll(HttpHeaderNames.HOST).size();
        if (hosts > 1 || (hosts == 0 && request.protocolVersion().equals(HttpVersion.HTTP_1_1))) {
            refuse(request, "there must be exactly one Host");
        }
    }

    private static boolean hasControls(String target) {
        for (int i = 0; i < target.length(); i++) {
            if (target.charAt(i) <= ' ' || target.charAt(i) == 0x7f) {
                return true;
            }
        }
        return false;
    }

    private static void refuse(HttpRequest request, String reason) {
        request.setDecoderResult(DecoderResult.failure(new IllegalArgumentException(reason)));
    }

    private void moveTo(Position next, int sinceTick) {
        if (position != next) {
            position = next;
            positionSinceTick = sinceTick;
        }
    }
}
