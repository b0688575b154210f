package dev.lora4j.hub.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.Main;
import dev.lora4j.hub.HubServer;
import dev.lora4j.hub.Hubs;
import dev.lora4j.hub.TestAdapters;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

@Timeout(120)
class PullCommandTest {
  private static final byte[] INK = TestAdapters.lora(4, 1);

  @TempDir private Path folder;
  private HubServer server;

  /** What the command printed and its exit code. */
  private record Run(int code, String out, String err) {}

  @BeforeEach
  void start() throws Exception {
    server = new HubServer();
    Hubs.huggingFace(server, "ann/ink", Map.of("ink.safetensors", INK));
    Hubs.civitai(server, 7, 70, "glow.safetensors", INK);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Run run(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    String[] all =
        Stream.concat(
                Stream.of(
                    "pull",
                    "--to=" + folder.resolve("adapters"),
                    "--hf-endpoint=" + server.hub(),
                    "--civitai-endpoint=" + server.hub()),
                Arrays.stream(words))
            .toArray(String[]::new);
    int code =
        Main.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            all);
    return new Run(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Path file(String name) {
    return folder.resolve("adapters").resolve(name);
  }

  @Test
  void adaptersArePulledAndDescribed() throws Exception {
    Run run = run("hf:ann/ink", "civitai:7");
    assertEquals(0, run.code(), run.err());
    assertArrayEquals(INK, Files.readAllBytes(file("ink.safetensors")));
    assertArrayEquals(INK, Files.readAllBytes(file("glow.safetensors")));
    List<String> lines = run.out().lines().toList();
    assertTrue(
        lines.get(0).startsWith(file("ink.safetensors") + ": 0.3 MB, for Stable "), run.out());
    assertTrue(lines.get(0).endsWith(", SHA-256 " + TestAdapters.sha256(INK)), run.out());
    assertTrue(lines.contains("  from: hf:ann/ink/ink.safetensors at " + Hubs.COMMIT), run.out());
    assertTrue(lines.contains("  trigger words: ink drawing, brush"), run.out());
    assertTrue(run.err().contains("ink: byte "), run.err());
    Run again = run("hf:ann/ink");
    assertTrue(
        again.out().startsWith(file("ink.safetensors") + " is there already: "), again.out());
  }

  @Test
  void jsonIsOneObject() {
    Run run = run("hf:ann/ink", "hf:ann/nothing", "civitai:7", "--json", "--no-preview");
    assertEquals(1, run.code());
    JsonObject json = JsonParser.parseString(run.out()).getAsJsonObject();
    assertEquals(2, json.getAsJsonArray("adapters").size());
    JsonObject ink = json.getAsJsonArray("adapters").get(0).getAsJsonObject();
    assertEquals(file("ink.safetensors").toString(), ink.get("path").getAsString());
    assertEquals(INK.length, ink.get("bytes").getAsLong());
    assertFalse(ink.get("already_there").getAsBoolean());
    JsonObject failure = json.getAsJsonArray("failures").get(0).getAsJsonObject();
    assertEquals("hf:ann/nothing", failure.get("source").getAsString());
    assertTrue(failure.get("error").getAsString().contains("status 404"), run.out());
    assertTrue(
        run.err().contains("lora4j: " + server.hub() + "/api/models/ann/nothing"), run.err());
    assertFalse(Files.exists(file("glow.preview.png")));
  }

  @Test
  void dryRunFetchesNothing() {
    Run run = run("hf:ann/ink", "civitai:7", "--dry-run");
    assertEquals(0, run.code(), run.err());
    assertTrue(
        run.out().contains(file("ink.safetensors") + " would be fetched, 0.3 MB, SHA-256 "),
        run.out());
    assertFalse(Files.exists(folder.resolve("adapters")));
    assertEquals(2, server.seen().size(), server.seen().toString());
    JsonObject json =
        JsonParser.parseString(run("civitai:7", "--dry-run", "--json").out()).getAsJsonObject();
    assertEquals(
        INK.length,
        json.getAsJsonArray("adapters").get(0).getAsJsonObject().get("bytes").getAsLong());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | SOURCE",
        "ink | is no source",
        "hf:ann/ink --sha256=12 | 64 hexadecimal digits",
        "hf:ann/ink hf:ann/glow --name=x | are for one SOURCE",
        "hf:ann/ink hf:ann/glow --file=x | are for one SOURCE",
        "hf:ann/ink --file=a --all | not both",
        "hf:ann/ink --max-size=0 | --max-size must be more than 0",
        "hf:ann/ink civitai:7 --token-file=x | is for one hub",
        "https://example.org/a.safetensors --token-file=x | a token goes to its hub alone",
        "https://example.org/a.ckpt | Python pickle",
        "hf:ann/ink --no-such | --no-such",
      })
  void wrongCommandLinesAreCode2(String words, String told) {
    Run run = run(words.isEmpty() ? new String[0] : words.split(" "));
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains(told), run.err());
    assertEquals("", run.out());
    assertTrue(server.seen().isEmpty());
  }

  @Test
  void mirrorsWithoutEncryptionAreRefused() {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    int code = Main.run(stream, stream, "pull", "hf:a/b", "--hf-endpoint=http://example.org");
    assertEquals(2, code);
    String told = err.toString(StandardCharsets.UTF_8);
    assertTrue(told.contains("Use https://"), told);
  }

  @Test
  void tokenOfAFileIsSentAndNeverShown() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), "hf_verysecret\n");
    Run run = run("hf:ann/ink", "--token-file=" + file);
    assertEquals(0, run.code(), run.err());
    assertEquals("Bearer hf_verysecret", server.seen().get(0).header("Authorization"));
    server.at("/api/models/ann/x/revision/main?blobs=true", HubServer.status(401));
    Run refused = run("hf:ann/x", "--token-file=" + file, "--json", "--debug");
    assertEquals(1, refused.code());
    for (Run one : List.of(run, refused)) {
      assertFalse((one.out() + one.err()).contains("verysecret"), one.toString());
    }
    Files.writeString(file, "two words");
    Run wrong = run("hf:ann/ink", "--token-file=" + file);
    assertEquals(1, wrong.code());
    assertTrue(wrong.err().contains("holds no token"), wrong.err());
  }

  @Test
  void nameAndDigestAreThoseOfTheOptions() throws Exception {
    Run wrong = run("hf:ann/ink", "--name=../ink");
    assertEquals(1, wrong.code());
    assertTrue(wrong.err().contains("cannot be the name of an adapter here"), wrong.err());
    Run other = run("hf:ann/ink", "--sha256=" + "0".repeat(64));
    assertEquals(1, other.code());
    assertTrue(other.err().contains("the hub lists SHA-256"), other.err());
    Run run = run("hf:ann/ink", "--name=my ink", "--sha256=" + TestAdapters.sha256(INK));
    assertEquals(0, run.code(), run.err());
    assertTrue(Files.exists(file("my ink.safetensors")));
    assertEquals(1, run("hf:ann/ink", "--max-size=0.0001", "--name=large").code());
  }

  /** Texts of hubs cannot steer a terminal, nor write lines of their own. */
  @Test
  void textsOfOthersArePrintedHarmlessly() {
    String model =
        Hubs.civitaiModel(server, 7, 70, "glow.safetensors", INK)
            .replace("painter", "ann\\u001b[2J\\nlora4j: all is well");
    server.json("/api/v1/models/7", model);
    Run run = run("civitai:7");
    assertEquals(0, run.code(), run.err());
    assertFalse(run.out().contains("\u001b"), run.out());
    assertTrue(run.out().contains("  author: ann\\u001b[2J lora4j: all is well"), run.out());
  }

  @Test
  void privateAddressesNeedTheOption() {
    Run run = run("https://10.255.255.1/ink.safetensors");
    assertEquals(1, run.code());
    assertTrue(run.err().contains("--allow-private"), run.err());
  }

  /** The command lines of the guides are taken by the command. */
  @Test
  void documentedCommandsAreTaken() throws Exception {
    int taken = 0;
    for (String page : List.of("pulling", "commands", "getting-started")) {
      for (String line : Files.readAllLines(Path.of("../../docs/" + page + ".md"))) {
        if (line.startsWith("./lora4j pull")) {
          String[] words =
              Arrays.stream(
                      line.replaceFirst(" #.*", "")
                          .substring("./lora4j pull".length())
                          .split("\\s+", -1))
                  .filter(w -> !w.isEmpty())
                  .map(w -> w.replace("'", "").replace("\"", ""))
                  .toArray(String[]::new);
          CommandLine parsed = new CommandLine(new PullCommand());
          assertTrue(parsed.parseArgs(words).unmatched().isEmpty(), line);
          taken++;
        }
      }
    }
    assertTrue(taken >= 5, "only " + taken + " commands were found");
  }
}
