package dev.lora4j.hub.web;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** An answer whose body is still to be read. */
public final class WebResponse implements AutoCloseable {
  private final HttpResponse<BodyStream> last;
  private final List<HttpHeaders> hops;
  private final Duration patience;

  WebResponse(HttpResponse<BodyStream> last, List<HttpHeaders> hops, Duration patience) {
    this.last = last;
    this.hops = List.copyOf(hops);
    this.patience = patience;
  }

  public int status() {
    return last.statusCode();
  }

  /** The address that answered, after all redirects. */
  public URI address() {
    return last.uri();
  }

  /** A header of the answer. */
  public Optional<String> header(String name) {
    return last.headers().firstValue(name);
  }

  /** A header of the answer, or of the first redirect to it that has it. */
  public Optional<String> headerOnTheWay(String name) {
    return hops.stream().flatMap(hop -> hop.firstValue(name).stream()).findFirst();
  }

  /** Length of the body in bytes, if the server says it. */
  public OptionalLong length() {
    Optional<String> text = header("Content-Length");
    return text.isPresent() && text.get().matches("\\d{1,18}")
        ? OptionalLong.of(Long.parseLong(text.get()))
        : OptionalLong.empty();
  }

  /** True if the body is a web page. */
  public boolean page() {
    return header("Content-Type").filter(type -> type.startsWith("text/html")).isPresent();
  }

  /**
   * The next bytes of the body; none at its end.
   *
   * @throws IOException if the connection was cut, or nothing comes
   */
  public List<ByteBuffer> next() throws IOException, InterruptedException {
    return last.body().next(patience);
  }

  /**
   * All bytes of a small body.
   *
   * @throws HubException if there are more than {@code most}
   */
  public byte[] bytes(int most) throws IOException, InterruptedException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (List<ByteBuffer> next = next(); !next.isEmpty(); next = next()) {
      for (ByteBuffer buffer : next) {
        if (all.size() + (long) buffer.remaining() > most) {
          throw new HubException(
              address().getHost() + " sends more than " + most + " bytes where few are expected.");
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        all.write(bytes, 0, bytes.length);
      }
    }
    return all.toByteArray();
  }

  @Override
  public void close() {
    last.body().close();
  }
}
