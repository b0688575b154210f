package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import dev.lora4j.cli.Main;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.tinylm.TinyLm;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed while it works, and what the next one finds. */
@Timeout(300)
@Tag("slow")
class KilledServerTest {
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+");
  private static final int ADAPTERS = 12;
  private static final int KILLS = 3;

  @TempDir private Path folder;

  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> lines = new ArrayList<>();

  /** The command {@code serve} in a process of its own. */
  private final class Child implements AutoCloseable {
    private final Process process;
    private final URI address;

    Child() throws IOException {
      ProcessBuilder prepared =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElseThrow(),
                  "-XX:TieredStopAtLevel=1",
                  "-Dai.djl.offline=true",
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  Main.class.getName(),
                  "serve",
                  "--port=0",
                  "--threads=1",
                  "--text=tiny-lm=" + TinyLm.folder(),
                  "--adapters=" + folder.resolve("adapters"),
                  "--signed-by=" + folder.resolve("keys"))
              .redirectErrorStream(true);
      prepared.environment().put("LORA4J_HOME", folder.resolve("home").toString());
      process = prepared.start();
      BufferedReader reader =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      address = found(reader);
      Thread rest = new Thread(() -> reader.lines().forEach(line -> {}));
      rest.setDaemon(true);
      rest.start();
    }

    private URI found(BufferedReader reader) throws IOException {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
        Matcher matcher = ADDRESS.matcher(line);
        if (matcher.find()) {
          return URI.create(matcher.group());
        }
      }
      throw new IllegalStateException("The server ended: " + lines);
    }

    HttpRequest post(String path, String body) {
      return HttpRequest.newBuilder(address.resolve(path))
          .header("content-type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(body))
          .build();
    }

    HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    /** Names that clients see. */
    Set<String> models() throws IOException, InterruptedException {
      Set<String> names = new TreeSet<>();
      HttpRequest request = HttpRequest.newBuilder(address.resolve("/v1/models")).build();
      JsonParser.parseString(send(request).body())
          .getAsJsonObject()
          .getAsJsonArray("data")
          .forEach(model -> names.add(model.getAsJsonObject().get("id").getAsString()));
      return names;
    }

    @Override
    public void close() throws IOException {
      process.destroyForcibly();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  /** Signs an adapter as the text of its files' digests. */
  private static void sign(Path adapter, KeyPair keys)
      throws IOException, GeneralSecurityException {
    StringBuilder text = new StringBuilder();
    for (String file : List.of("adapter_config.json", "adapter_model.safetensors")) {
      String digest = HexFormat.of().formatHex(sha256(Files.readAllBytes(adapter.resolve(file))));
      text.append(digest).append("  ").append(file).append('\n');
    }
    Signature signing = Signature.getInstance("Ed25519");
    signing.initSign(keys.getPrivate());
    signing.update(sha256(text.toString().getBytes(StandardCharsets.UTF_8)));
    Files.write(adapter.resolveSibling(adapter.getFileName() + ".sig"), signing.sign());
  }

  private void write() throws IOException, GeneralSecurityException {
    KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    Files.writeString(
        folder.resolve("keys"), Base64.getEncoder().encodeToString(keys.getPublic().getEncoded()));
    Path adapters = Files.createDirectories(folder.resolve("adapters"));
    for (int i = 0; i < ADAPTERS; i++) {
      Path adapter = adapters.resolve("a" + i);
      RandomAdapters.write(adapter, BundledModel.TEXTS.family(), "q_proj", i, 0.5f);
      if (i > 0) {
        sign(adapter, keys);
      }
    }
  }

  private static void assertWhole(Path index) throws IOException, GeneralSecurityException {
    String text = Files.readString(index);
    int end = text.lastIndexOf("end ");
    String body = text.substring(0, end);
    String digest = HexFormat.of().formatHex(sha256(body.getBytes(StandardCharsets.UTF_8)));
    assertEquals("end " + digest + "\n", text.substring(end));
    assertTrue(body.lines().count() > 2 * (ADAPTERS - 1), text);
  }

  /** What came until the stream was cut. */
  private static String rest(InputStream events) {
    StringBuilder all = new StringBuilder();
    try {
      for (int next = events.read(); next >= 0; next = events.read()) {
        all.append((char) next);
      }
    } catch (IOException e) {
      // That is the cut.
    }
    return all.toString();
  }

  @Test
  void nextServerFindsAllWhole() throws Exception {
    write();
    // A hash is remembered when its file has been the same for a while.
    Thread.sleep(2_500);
    Set<String> expected = new TreeSet<>(Set.of("tiny-lm"));
    IntStream.range(1, ADAPTERS).forEach(i -> expected.add("a" + i));
    String completion =
        "{\"model\":\"%s\",\"prompt\":\"My fellow citizens\",\"max_tokens\":%d,\"temperature\":0,"
            + "\"stream\":%b}";
    String first = "";
    for (int kill = 0; kill <= KILLS; kill++) {
      try (Child server = new Child()) {
        assertEquals(expected, server.models());
        HttpResponse<String> text =
            server.send(server.post("/v1/completions", completion.formatted("a1", 8, false)));
        String told =
            JsonParser.parseString(text.body())
                .getAsJsonObject()
                .getAsJsonArray("choices")
                .toString();
        first = kill == 0 ? told : first;
        assertEquals(first, told);
        HttpResponse<String> load =
            server.send(
                server.post(
                    "/v1/load_lora_adapter", "{\"lora_name\":\"given\",\"lora_path\":\"a2\"}"));
        assertEquals(200, load.statusCode(), load.body());
        CompletableFuture<HttpResponse<InputStream>> stream =
            client.sendAsync(
                server.post("/v1/completions", completion.formatted("given", 200, true)),
                HttpResponse.BodyHandlers.ofInputStream());
        InputStream events = stream.get().body();
        assertTrue(events.read() >= 0);
        server.process.destroyForcibly().waitFor();
        assertFalse(rest(events).contains("[DONE]"), "it was killed in mid-stream");
      }
      assertWhole(folder.resolve("home").resolve("server").resolve("adapter-hashes.txt"));
    }
    assertFalse(lines.stream().anyMatch(line -> line.contains("not a whole index")));
  }
}
