package dev.lora4j.hub.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.hub.HubServer;
import dev.lora4j.hub.Hubs;
import dev.lora4j.hub.TestAdapters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pulls that are killed or stopped by Ctrl-C go on to the same bytes. Where the build was started
 * with interrupts ignored, as by a shell's {@code &}, no process can be stopped in this way.
 */
@Timeout(300)
@Tag("slow")
class InterruptedPullTest {
  private static final byte[] INK = TestAdapters.lora(64, 1);
  private static final String CDN = "/cdn/" + TestAdapters.sha256(INK);
  private static final String LINK = "/files/ink.safetensors";

  @TempDir private Path folder;
  private HubServer server;
  private Path library;

  @BeforeEach
  void start() throws IOException {
    server = new HubServer();
    library = folder.resolve("adapters");
    Hubs.huggingFace(server, "ann/ink", Map.of("ink.safetensors", INK));
    server.at(CDN, HubServer.slow(INK, "\"x\"", 10));
    server.at(LINK, HubServer.slow(INK, "\"x\"", 10));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private PullProcess run(String name, String... words) throws IOException {
    return PullProcess.start(server, library, folder.resolve(name + ".txt"), words);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.list(library)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  private long resumed(String path) {
    return server.seen(path).stream().filter(s -> s.header("Range").startsWith("bytes=")).count();
  }

  /** Bytes that another process could go on with. */
  private long noted() throws IOException {
    Path note = library.resolve(".ink.pull/ink.safetensors.json");
    try {
      Matcher bytes = Pattern.compile("\"bytes\":(\\d+)").matcher(Files.readString(note));
      return bytes.find() ? Long.parseLong(bytes.group(1)) : 0;
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  private void awaitMore(PullProcess process, long before) throws Exception {
    while (process.process().isAlive() && noted() <= before) {
      Thread.sleep(5);
    }
  }

  /** With the hub's digest, and of a link that has a tag alone. */
  @Test
  void killsChangeNoByte() throws Exception {
    Random random = new Random(5);
    for (String source : List.of("hf:ann/ink", server.other() + LINK)) {
      String path = source.startsWith("hf") ? CDN : LINK;
      int kills = 0;
      for (int run = 0; run < 3; run++) {
        try (PullProcess process = run("killed", source)) {
          awaitMore(process, noted());
          Thread.sleep(random.nextInt(150));
          process.process().destroyForcibly().waitFor();
          kills += process.process().exitValue() == 0 ? 0 : 1;
        }
      }
      assertTrue(kills > 1, "only " + kills + " kills came before the end");
      assertFalse(Files.exists(library.resolve("ink.safetensors")));
      try (PullProcess process = run("last", source)) {
        assertEquals(0, process.code(), process.text());
      }
      assertArrayEquals(INK, Files.readAllBytes(library.resolve("ink.safetensors")));
      assertEquals(List.of("ink.json", "ink.safetensors"), files());
      assertTrue(resumed(path) >= kills, "went on " + resumed(path) + " times");
      Files.delete(library.resolve("ink.safetensors"));
    }
  }

  @Test
  void ctrlCKeepsThePartAndSaysHowToGoOn() throws Exception {
    try (PullProcess process = run("stopped", "hf:ann/ink")) {
      awaitMore(process, 0);
      new ProcessBuilder("kill", "-INT", Long.toString(process.process().pid())).start().waitFor();
      assertEquals(130, process.code(), process.text());
      assertTrue(
          process.text().contains(" of ink are kept in " + library.resolve(".ink.pull")),
          process.text());
      assertTrue(process.text().contains("The same command goes on from there."), process.text());
    }
    long kept = Files.size(library.resolve(".ink.pull/ink.safetensors.part"));
    assertTrue(kept > 0 && kept < INK.length, kept + " bytes");
    assertFalse(Files.exists(library.resolve("ink.safetensors")));
    try (PullProcess process = run("again", "hf:ann/ink")) {
      assertEquals(0, process.code(), process.text());
    }
    assertArrayEquals(INK, Files.readAllBytes(library.resolve("ink.safetensors")));
    assertEquals("bytes=" + kept + "-", server.seen(CDN).get(1).header("Range"));
  }

  @Test
  void secondProcessIsRefusedWhileTheFirstFetches() throws Exception {
    byte[] glow = TestAdapters.lora(2, 2);
    Hubs.huggingFace(server, "ann/glow", Map.of("glow.safetensors", glow));
    CountDownLatch gate = new CountDownLatch(1);
    server.at(CDN, HubServer.gated(INK, "\"x\"", gate));
    try (PullProcess first = run("first", "hf:ann/ink")) {
      first.awaitRequests(server, CDN, 1);
      try (PullProcess second = run("second", "hf:ann/ink", "hf:ann/glow")) {
        assertEquals(1, second.code(), second.text());
        String told = "Another run fetches ink (process " + first.process().pid() + ").";
        assertTrue(second.text().contains(told), second.text());
      }
      assertArrayEquals(glow, Files.readAllBytes(library.resolve("glow.safetensors")));
      gate.countDown();
      assertEquals(0, first.code(), first.text());
    }
    assertArrayEquals(INK, Files.readAllBytes(library.resolve("ink.safetensors")));
    assertEquals(1, server.seen(CDN).size());
    assertEquals(List.of("glow.json", "glow.safetensors", "ink.json", "ink.safetensors"), files());
  }
}
