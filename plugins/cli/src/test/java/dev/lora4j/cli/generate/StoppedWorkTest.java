package dev.lora4j.cli.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Main;
import dev.lora4j.cli.Run;
import dev.lora4j.cli.train.ChartTracker;
import dev.lora4j.cli.train.Stubborn;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Work on several pictures that is stopped by Ctrl-C or cannot write. Where the build was started
 * with interrupts ignored, as by a shell's {@code &}, no process can be stopped in this way.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class StoppedWorkTest {
  @TempDir private Path folder;

  private final List<Process> started = new ArrayList<>();

  /** What a process said that was interrupted, and how it ended. */
  private record Stopped(int code, String said) {}

  /** Interrupts the process as soon as {@code sign} exists. */
  private Stopped interrupted(Path sign, String... arguments) throws Exception {
    Process process = started(Main.class, sign, arguments);
    interrupt(process);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), () -> "ends in time: " + read(said()));
    return new Stopped(process.exitValue(), read(said()));
  }

  /** Ends processes that a failed test left running. */
  @AfterEach
  void end() {
    started.forEach(Process::destroyForcibly);
  }

  private Path said() {
    return folder.resolve("said.txt");
  }

  /** A process in which {@code sign} has come to exist. */
  private Process started(Class<?> program, Path sign, String... arguments) throws Exception {
    String java =
        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
    List<String> command = new ArrayList<>(List.of(java, "-Dai.djl.offline=true", "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(program.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said().toFile());
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE"); // others use the processors too
    Process process = builder.start();
    started.add(process);
    while (Files.notExists(sign) && process.isAlive()) {
      Thread.sleep(20);
    }
    assertTrue(process.isAlive(), () -> read(said()));
    return process;
  }

  private static void interrupt(Process process) throws Exception {
    new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path in) throws IOException {
    try (Stream<Path> all = Files.list(in)) {
      return all.sorted().toList();
    }
  }

  /** A step may take minutes; only who asks twice loses it. */
  @Test
  void firstInterruptWaitsSecondEndsAtOnce() throws Exception {
    Path sign = folder.resolve("begun");
    Process process = started(Stubborn.class, sign, sign.toString());
    interrupt(process);
    while (!read(said()).contains("Ctrl-C again ends at once") && process.isAlive()) {
      Thread.sleep(20);
    }
    assertTrue(process.isAlive(), () -> read(said()));
    interrupt(process);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "ends at once");
    assertEquals(130, process.exitValue());
  }

  @Test
  void interruptedGenerateLeavesFinishedPictures() throws Exception {
    Path first = folder.resolve("out/a-01.png");
    Stopped stopped =
        interrupted(
            first,
            "generate",
            "a fox",
            "--count=90",
            "--steps=30",
            "--compute=f32",
            "-o",
            folder.resolve("out/a.png").toString(),
            Run.BASE);
    assertEquals(130, stopped.code(), stopped.said());
    List<Path> left = files(folder.resolve("out"));
    assertTrue(stopped.said().contains(left.size() + " of 90 pictures w"), stopped.said() + left);
    for (Path picture : left) {
      assertEquals(32, ImageIO.read(picture.toFile()).getWidth(), picture::toString);
    }
  }

  @Test
  void interruptedTrainingLeavesAnAdapterAndResumes() throws Exception {
    Run.pictures(folder.resolve("pictures"));
    Path run = folder.resolve("style.run");
    Stopped stopped =
        interrupted(
            run.resolve(ChartTracker.FILE),
            "train",
            "--images=" + folder.resolve("pictures"),
            "--out=" + folder.resolve("style.safetensors"),
            "--steps=100000",
            "--rank=2",
            "--batch=2",
            "--compute=f32",
            "--set=previews.prompts=[]",
            "--set=save.every=100000",
            Run.BASE);
    assertEquals(130, stopped.code(), stopped.said());
    assertFalse(stopped.said().contains("is left out"), stopped.said());
    assertTrue(stopped.said().contains("--resume goes on from there"), stopped.said());
    var told =
        Pattern.compile("adapter as it was after step (\\d+) is (.*)\\.").matcher(stopped.said());
    assertTrue(told.find(), stopped.said());
    Path adapter = Path.of(told.group(2));
    assertEquals(List.of(adapter), files(run.resolve("adapters")));
    Run seen = Run.of("inspect", adapter, Run.BASE, "--json");
    assertEquals(0, seen.code(), seen.err());
    String steps = seen.json().getAsJsonObject("metadata").get("ss_steps").getAsString();
    assertEquals(told.group(1), steps);
    assertTrue(Files.notExists(folder.resolve("style.safetensors")));
  }

  @Test
  void interruptedGridResumesWithTheMissingPictures() throws Exception {
    Path out = folder.resolve("out");
    String[] grid = {
      "grid", "a fox", "--x", "steps=30-39", "--compute=f32", "-o", out.toString(), Run.BASE
    };
    Stopped stopped = interrupted(out.resolve("z01-y01-x02.png"), grid);
    assertEquals(130, stopped.code(), stopped.said());
    int done = files(out).size();
    assertTrue(stopped.said().contains(done + " of 10 pictures are in " + out), stopped.said());
    var seed = Pattern.compile("with --seed (\\d+) goes on").matcher(stopped.said());
    assertTrue(seed.find(), stopped.said());

    List<String> again = new ArrayList<>(List.of(grid));
    again.add("--seed=" + seed.group(1));
    Run rest = Run.of(again.toArray());
    assertEquals(0, rest.code(), rest.err());
    assertTrue(rest.out().contains((10 - done) + " pictures made, " + done + " kept"), rest.out());
    assertEquals(11, files(out).size());
  }

  /** A folder in the way of the third picture stands for a disk that is full by then. */
  @Test
  void failedWriteLeavesOtherPicturesIntact() throws IOException {
    Path out = Files.createDirectories(folder.resolve("out"));
    Path inTheWay = Files.createDirectories(out.resolve("a-3.png/x"));
    Object[] generate = {
      "generate",
      "a fox",
      "--count=4",
      "--seed=1",
      "--steps=1",
      "--compute=f32",
      "-o",
      out.resolve("a.png"),
      Run.BASE
    };
    Run stopped = Run.of(generate);
    assertEquals(1, stopped.code());
    assertTrue(stopped.err().contains("Cannot write " + out.resolve("a-3.png")), stopped.err());
    List<Path> kept = Stream.of("a-1.png", "a-2.png", "a-4.png").map(out::resolve).toList();
    assertTrue(
        stopped
            .err()
            .contains(
                "3 of 4 pictures were finished and are kept: "
                    + (kept.get(0) + " to " + kept.get(1) + ", " + kept.get(2) + ".")),
        stopped.err());
    assertEquals(List.of(kept.get(0), kept.get(1), inTheWay.getParent(), kept.get(2)), files(out));

    Path sheet = Files.createDirectories(folder.resolve("s/sheet.png/x")).getParent();
    Run onOne =
        Run.of(
            "generate",
            "a fox",
            "--count=2",
            "--seed=1",
            "--steps=1",
            "--compute=f32",
            "--grid",
            "-o",
            sheet,
            Run.BASE);
    assertEquals(1, onOne.code());
    assertTrue(onOne.err().contains("is a folder"), onOne.err());
  }
}
