package dev.lora4j.server.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/** A client that sends bytes as they are. */
final class RawClient implements AutoCloseable {
  private static final int MOST_MILLIS = 60_000;

  private final Socket socket;

  RawClient(HttpServer server) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(MOST_MILLIS);
  }

  /** Lines of a request, with an empty one after them. */
  static String lines(String... lines) {
    return String.join("\r\n", lines) + "\r\n\r\n";
  }

  /** What the server answers to lines on a connection of their own, which it closes. */
  static String answer(HttpServer server, String... lines) throws IOException {
    try (RawClient client = new RawClient(server)) {
      return client.send(lines(lines)).rest();
    }
  }

  static int status(String answer) {
    return answer.startsWith("HTTP/1.1 ") ? Integer.parseInt(answer.substring(9, 12)) : 0;
  }

  /** Headers with their names in lower case. */
  static String head(String answer) {
    return Pattern.compile("(?m)^[A-Za-z0-9-]+:")
        .matcher(answer.substring(0, answer.length() - body(answer).length()))
        .replaceAll(name -> name.group().toLowerCase(Locale.ROOT));
  }

  static String body(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  Socket socket() {
    return socket;
  }

  RawClient send(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
    return this;
  }

  /** All until the server closes the connection. */
  String rest() throws IOException {
    return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** All until this text, or until the end. */
  String until(String end) throws IOException {
    InputStream in = socket.getInputStream();
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    int next;
    while (!read.toString(StandardCharsets.UTF_8).endsWith(end) && (next = in.read()) >= 0) {
      read.write(next);
    }
    return read.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
