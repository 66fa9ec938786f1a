package dev.taskstop;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockResponseBody;
import mockwebserver3.RecordedRequest;
import okio.BufferedSink;

/** What a mock server streams. */
final class LogBodies {

    private LogBodies() {}

    static MockResponse.Builder stream(String events) {
        return new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .chunkedBody(events, 64);
    }

    static MockResponse stream(MockResponseBody body) {
        return new MockResponse.Builder()
                .addHeader("Content-Type", "text/event-stream")
                .body(body)
                .removeHeader("Content-Length")
                .build();
    }

    /** The entries up to an index, exclusive. */
    static String entries(long from, long to) {
        return LongStream.range(from, to).mapToObj(StubLogs::log).collect(joining());
    }

    static long fromIndex(RecordedRequest request) {
        return Long.parseLong(request.getTarget().replaceAll(".*[?]fromIndex=(\\d+)&includeStatus=true$", "$1"));
    }

    /** One entry, and then nothing, for as long as the test wants. */
    static final class Held implements MockResponseBody {

        private final CountDownLatch end = new CountDownLatch(1);

        void end() {
            end.countDown();
        }

        @Override
        public long getContentLength() {
            return -1;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            sink.writeUtf8(StubLogs.log(0)).flush();
            try {
                if (!end.await(20, TimeUnit.SECONDS)) {
                    throw new IOException("nobody ended the stream");
                }
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    /** Entries for as long as somebody takes them. */
    static final class Endless implements MockResponseBody {

        final AtomicLong written = new AtomicLong();
        final CountDownLatch closed = new CountDownLatch(1);

        @Override
        public long getContentLength() {
            return -1;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            try {
                while (true) {
                    sink.writeUtf8(StubLogs.log(written.get())).writeUtf8(":" + "x".repeat(4_000) + "\n");
                    sink.flush();
                    written.incrementAndGet();
                }
            } finally {
                closed.countDown();
            }
        }
    }
}
