package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.server.schedule.QueueLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients that take their answers slowly, send half of a request, or go away. */
@Timeout(180)
class SlowReaderTest {
  private static final String TEXT =
      "{\"prompt\":\"My fellow citizens\",\"max_tokens\":%d,\"temperature\":0,\"stream\":%b}";
  private static final int FEW = 20;
  private static final int MANY = 100;
  private static final String END = "data: [DONE]\n\n";
  private static final String NONE_RUNNING =
      "vllm:num_requests_running{model_name=\"tiny-lm\"} 0.0";

  @TempDir private Path folder;

  private RunningServer open() throws IOException {
    return new RunningServer(
        folder.resolve("state"), folder.resolve("adapters"), QueueLimits.DEFAULT, 1);
  }

  private static Socket connect(RunningServer server) throws IOException {
    URI uri = server.uri("/");
    Socket socket = new Socket();
    // Little fits between the two, so that the server soon waits for what is read.
    socket.setReceiveBufferSize(1024);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), uri.getPort()));
    return socket;
  }

  private static String post(String body) {
    return String.join(
            "\r\n",
            "POST /v1/completions HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json",
            "Connection: close",
            "Content-Length: " + body.length())
        + "\r\n\r\n"
        + body;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private static String text(RunningServer server, int tokens) throws Exception {
    var answer = server.post("/v1/completions", TEXT.formatted(tokens, false));
    assertEquals(200, answer.statusCode(), answer.body());
    return RunningServer.json(answer)
        .getAsJsonArray("choices")
        .get(0)
        .getAsJsonObject()
        .get("text")
        .getAsString();
  }

  /** The text of a stream of events. */
  private static String joined(String events) {
    StringBuilder text = new StringBuilder();
    for (String line : events.split("\n", -1)) {
      if (line.startsWith("data: {")) {
        JsonParser.parseString(line.substring(6))
            .getAsJsonObject()
            .getAsJsonArray("choices")
            .forEach(c -> text.append(c.getAsJsonObject().get("text").getAsString()));
      }
    }
    return text.toString();
  }

  /** Of an answer that is more than the system and the server keep for a client. */
  @Test
  void readerWhoTakesNothingHoldsNobodyUp() throws Exception {
    Path adapters = Files.createDirectories(folder.resolve("adapters"));
    RandomAdapters.write(adapters.resolve("a"), BundledModel.TEXTS.family(), "q_proj", 1, 0.1f);
    // Each piece says the name as the client did.
    String name = "tiny-lm+a:0.5" + "0".repeat(8_000);
    int choices = 8;
    String many = "{\"n\":" + choices + ",\"model\":\"" + name + "\",";
    try (RunningServer server = open();
        Socket client = connect(server)) {
      String expected = text(server, FEW);
      send(client, post(TEXT.formatted(MANY, true).replace("{", many)));
      InputStream in = client.getInputStream();
      assertTrue(in.read() >= 0);
      assertEquals(expected, text(server, FEW));
      String all = "vllm:generation_tokens_total{model_name=\"tiny-lm\"} ";
      double tokens = 0;
      while (tokens < 2 * FEW + choices * MANY) {
        String metrics = server.get("/metrics").body();
        String rest = metrics.substring(metrics.indexOf(all) + all.length());
        tokens = Double.parseDouble(rest.substring(0, rest.indexOf('\n')));
        Thread.sleep(100);
      }
      String taken = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      assertTrue(taken.length() > 5_000_000 && taken.contains(END), taken.length() + " bytes");
    }
  }

  /** One byte a second, while others get their answers. */
  @Test
  void slowReaderHoldsNobodyUp() throws Exception {
    try (RunningServer server = open();
        Socket slow = connect(server)) {
      String expected = text(server, MANY);
      send(slow, post(TEXT.formatted(MANY, true)));
      InputStream in = slow.getInputStream();
      StringBuilder read = new StringBuilder();
      AtomicBoolean stop = new AtomicBoolean();
      Thread reader =
          new Thread(
              () -> {
                try {
                  while (!stop.get()) {
                    read.append((char) in.read());
                    Thread.sleep(1000);
                  }
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      reader.start();
      for (int i = 0; i < 10; i++) {
        assertEquals(expected, text(server, MANY));
      }
      stop.set(true);
      reader.join();
      read.append(new String(in.readAllBytes(), StandardCharsets.US_ASCII));
      String whole = read.toString().replaceAll("\r\n[0-9a-f]+\r\n", "");
      assertTrue(whole.contains(END), whole);
      assertEquals(expected, joined(whole));
    }
  }

  @Test
  void halfRequestsLeaveNothingBehind() throws Exception {
    try (RunningServer server = open()) {
      String whole = post(TEXT.formatted(MANY, true));
      for (int part = 1; part < 10; part++) {
        try (Socket client = connect(server)) {
          send(client, whole.substring(0, whole.length() * part / 10));
        }
      }
      assertFalse(text(server, FEW).isEmpty());
      String metrics = server.get("/metrics").body();
      assertTrue(
          metrics.contains("vllm:request_success_total")
              && !metrics.contains("finished_reason=\"abort\""),
          metrics);
      assertTrue(metrics.contains(NONE_RUNNING), metrics);
    }
  }
}
