package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that would block, fill the memory or end the process, and places that cannot be used. */
class HostileInputsTest {
  private static final Duration SOON = Duration.ofMinutes(2);

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "generate fox --image %s",
        "generate fox --image fox.png --mask %s",
        "generate --from %s",
        "generate fox --lora %s",
        "inspect %s",
        "train %s",
        "plan %s",
        "merge %s -o m.safetensors",
        "generate fox --embedding %s",
        "text generate hello --base %s",
        "plugins verify %s",
        "plugins admit %s",
      })
  void pipesAndDevicesAreRefusedWithoutBlocking(String line) throws Exception {
    Run.pictures(folder);
    Path device = Path.of("/dev/zero");
    // Systems without pipes in folders have no such command, and nothing to refuse.
    if (Files.isExecutable(Path.of("/usr/bin/mkfifo")) && Files.exists(device)) {
      Path pipe = folder.resolve("pipe.png");
      assertEquals(0, new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor());
      for (Path file : List.of(pipe, device)) {
        String words =
            line.formatted(file).replace("fox.png", folder.resolve("ball-0.png").toString());
        Run run = assertTimeoutPreemptively(SOON, () -> Run.of((Object[]) words.split(" ", -1)));
        assertTrue(run.code() != 0, words);
        assertTrue(run.err().contains("pipe, a socket or a device"), words + ": " + run.err());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model_index.json",
        "unet/config.json",
        "scheduler/scheduler_config.json",
        "text_encoder/config.json",
        "tokenizer/vocab.json",
        "tokenizer/merges.txt",
        "tokenizer/tokenizer_config.json",
        "vae/diffusion_pytorch_model.safetensors",
      })
  void pipeInAModelFolderDoesNotBlock(String name) throws Exception {
    if (Files.isExecutable(Path.of("/usr/bin/mkfifo"))) {
      try (Stream<Path> files = Files.walk(Run.TINY_SD)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          Path copy = folder.resolve(Run.TINY_SD.relativize(file).toString());
          Files.createDirectories(copy.getParent());
          Files.copy(file, copy);
        }
      }
      Path pipe = folder.resolve(name);
      Files.deleteIfExists(pipe);
      assertEquals(0, new ProcessBuilder("/usr/bin/mkfifo", pipe.toString()).start().waitFor());
      String out = "--output=" + folder.resolve("out.png");
      for (String command : List.of("generate a --steps=1 " + out + " --base", "inspect")) {
        Run run =
            assertTimeoutPreemptively(
                SOON, () -> Run.of((Object[]) (command + " " + folder).split(" ", -1)));
        if (command.startsWith("generate")) {
          assertTrue(run.code() != 0, () -> command + ": " + run.err());
          assertTrue(run.err().contains(name), () -> command + ": " + run.err());
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"--image %s", "--image ball-0.png --mask %s", "--from %s"})
  void bombIsRefusedBeforeDecoding(String options) throws IOException {
    Run.pictures(folder);
    Path bomb = folder.resolve("ball-1.png");
    byte[] bytes = Files.readAllBytes(bomb);
    ByteBuffer.wrap(bytes).putInt(16, 30_000).putInt(20, 30_000);
    CRC32 check = new CRC32();
    check.update(bytes, 12, 17);
    Files.write(bomb, ByteBuffer.wrap(bytes).putInt(29, (int) check.getValue()).array());
    List<Object> words = new ArrayList<>(List.of("generate", Run.BASE));
    if (!options.contains("--from")) {
      words.add("a ball");
    }
    for (String word : options.formatted(bomb).split(" ", -1)) {
      words.add(word.replace("ball-0.png", folder.resolve("ball-0.png").toString()));
    }
    Run run = Run.of(words.toArray());
    assertTrue(run.code() != 0);
    String said =
        options.contains("--from") ? "does not say how it was made" : "declares 30000x30000 pixels";
    assertTrue(run.err().contains(said), run.err());
  }

  @Test
  void picturesNeedNoFolderForTemporaryFiles() throws Exception {
    Path first = folder.resolve("first.png");
    Path start = Run.pictures(folder).resolve("ball-0.png");
    assertEquals(
        "",
        child(
            List.of("-Djava.io.tmpdir=" + folder.resolve("absent")),
            "generate a ball --steps=2 --compute=f32 -o " + first + " --image " + start));
    assertEquals(40, ImageIO.read(first.toFile()).getWidth());
    assertEquals(
        "",
        child(
            List.of("-Djava.io.tmpdir=" + folder.resolve("absent")),
            "generate --from " + first + " --image " + start + " -o " + folder.resolve("2.png")));
  }

  @Test
  void unwritablePictureIsSavedElsewhereOthersInPlace() throws IOException {
    Path out = folder.resolve("fox.png");
    Files.createDirectories(folder.resolve("fox-1.png"));
    Run run =
        Run.of("generate", "a fox", "--count=2", "--steps=1", "--compute=f32", Run.BASE, "-o", out);
    assertTrue(run.code() != 0, run.err());
    assertEquals(32, ImageIO.read(folder.resolve("fox-2.png").toFile()).getWidth());
    String said = run.err().replace(System.lineSeparator(), " ");
    assertTrue(
        said.contains("Cannot write " + folder.resolve("fox-1.png") + ": it is a fol"), said);
    Path kept = Path.of(said.replaceFirst("(?s).* The picture is kept in (.*?\\.png)\\..*", "$1"));
    assertEquals(32, ImageIO.read(kept.toFile()).getWidth());
    Files.delete(kept);
  }

  @Test
  void aDeviceIsNoOutput() {
    if (Files.exists(Path.of("/dev/null"))) {
      Path link = folder.resolve("null.png");
      assertFalse(Files.exists(link));
      Run run = symbolic(link, Path.of("/dev/null"));
      assertTrue(run.err().contains("a device; name a file to write"), run.err());
    }
  }

  private static Run symbolic(Path link, Path to) {
    try {
      Files.createSymbolicLink(link, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Run.of("generate", "a fox", "--steps=1", Run.BASE, "-o", link);
  }

  private static String child(List<String> options, String line) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-Dai.djl.offline=true");
    command.add("-cp");
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    for (String word : line.replace("a ball", "a_ball").split(" ", -1)) {
      command.add(word.replace("a_ball", "a ball"));
    }
    command.add(Run.BASE);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return process.waitFor() == 0 ? "" : said;
  }
}
