package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Main;
import dev.lora4j.cli.Run;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Quick starts that are stopped, and go on. Where the build was started with interrupts ignored, as
 * by a shell's {@code &}, no process can be stopped in this way.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@Tag("slow")
class QuickstartStoppedTest {
  private static final String FIRST = "1/step-000024.safetensors";
  @TempDir private Path folder;

  private List<String> command(Path output, String... more) throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                "quickstart",
                "-o=" + output,
                Run.BASE,
                "--compute=f32",
                "--threads=1",
                "--images=" + Run.pictures(folder.resolve("pictures")),
                "--second=" + Run.TINY_SD.resolve("lora-kohya.safetensors"),
                "--steps=24",
                "--rank=2",
                "--runs=2",
                "--concepts=0",
                "--prompt=ball"));
    words.addAll(List.of(more));
    return words;
  }

  /** Starts a process, ends it when {@code sign} is there, and returns what it said. */
  private String ended(Path sign, boolean kill, List<String> words) throws Exception {
    String java =
        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
    List<String> command =
        new ArrayList<>(List.of(java, "-Dai.djl.offline=true", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(words);
    Path said = folder.resolve("said.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE"); // others use the processors too
    Process process = builder.start();
    while (Files.notExists(sign) && process.isAlive()) {
      Thread.sleep(10);
    }
    assertTrue(process.isAlive(), Files.readString(said));
    if (kill) {
      process.destroyForcibly();
    } else {
      new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
    }
    assertTrue(process.waitFor(60, TimeUnit.SECONDS), "ends in time");
    assertEquals(kill ? 137 : 130, process.exitValue(), Files.readString(said));
    return Files.readString(said);
  }

  private static Run again(List<String> words) {
    Run run = Run.of(words.toArray());
    assertEquals(0, run.code(), run.err());
    return run;
  }

  private static void assertSame(Path whole, Path resumed) throws Exception {
    for (String file : List.of("style.safetensors", "loss.png", "grid.png")) {
      assertArrayEquals(
          Files.readAllBytes(whole.resolve(file)), Files.readAllBytes(resumed.resolve(file)), file);
    }
    assertFalse(Files.exists(resumed.resolve(ResumableTrainings.FOLDER)), "is removed at the end");
  }

  @Test
  void stoppedQuickstartResumesToTheSameBits() throws Exception {
    Path whole = folder.resolve("whole");
    again(command(whole));
    Path out = folder.resolve("stopped");
    Path kept = out.resolve(ResumableTrainings.FOLDER);
    String said = ended(kept.resolve(FIRST), false, command(out));
    // It may be asked before the second one begins.
    assertTrue(
        said.contains("Training 2 of 2 was stopped") || said.contains("1 of 2 trainings is fin"),
        said);
    assertFalse(said.contains("nothing was written"), said);
    Run rest = again(command(out));
    assertTrue(rest.err().contains("Kept from before: training 1 of 2."), rest.err());
    assertFalse(rest.err().contains("training 1 of 2: step"), rest.err());
    assertSame(whole, out);

    Path killed = folder.resolve("killed");
    ended(killed.resolve(ResumableTrainings.FOLDER).resolve(FIRST), true, command(killed));
    rest = again(command(killed, "--resume"));
    assertTrue(rest.err().contains("Kept from before: training 1 of 2."), rest.err());
    assertSame(whole, killed);
  }

  @Test
  void parallelTrainingsAreBothResumed() throws Exception {
    Path whole = folder.resolve("whole");
    again(sideBySide(whole));
    Path out = folder.resolve("stopped");
    Path sign = out.resolve(ResumableTrainings.FOLDER).resolve("2/step-000030.safetensors");
    String said = ended(sign, false, sideBySide(out));
    assertTrue(said.contains("Training 1 of 2 was stopped after step "), said);
    assertTrue(said.contains("Training 2 of 2 was stopped after step "), said);
    assertEquals(2, said.split("goes on from there", -1).length, said);
    Run rest = again(sideBySide(out));
    assertTrue(rest.err().contains("Going on with training 1 of 2 after step "), rest.err());
    assertTrue(rest.err().contains("Going on with training 2 of 2 after step "), rest.err());
    assertSame(whole, out);
  }

  private List<String> sideBySide(Path output) throws Exception {
    List<String> words = command(output);
    words.set(words.indexOf("--threads=1"), "--threads=2");
    words.set(words.indexOf("--steps=24"), "--steps=90");
    return words;
  }

  @Test
  void otherSettingsRestartAndReportIt() throws Exception {
    Path out = folder.resolve("stopped");
    ended(out.resolve(ResumableTrainings.FOLDER).resolve(FIRST), false, command(out));
    Run refused = Run.of(command(out, "--seed=5", "--resume").toArray());
    assertEquals(1, refused.code());
    assertTrue(refused.err().contains("were others: settings changed"), refused.err());
    Path others = Files.writeString(out.resolve(ResumableTrainings.FOLDER).resolve("mine.txt"), "");
    Run anew = again(command(out, "--seed=5"));
    assertTrue(Files.exists(others), "what others have there stays");
    Files.delete(others);
    Files.delete(others.getParent());
    assertTrue(anew.err().contains("They are removed"), anew.err());
    Path whole = folder.resolve("whole");
    again(command(whole, "--seed=5"));
    assertSame(whole, out);
  }

  @Test
  void textQuickstartResumesToTheSameBits() throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of("text", "quickstart", "--steps=4", "--rank=2", "--threads=1", "--blocks=2"));
    words.add("--resume");
    Path whole = folder.resolve("whole");
    words.add("--output=" + whole);
    again(words);
    Path out = folder.resolve("stopped");
    words.set(words.size() - 1, "--output=" + out);
    String said = ended(out.resolve(ResumableTrainings.FOLDER).resolve("1"), false, words);
    assertTrue(said.contains("The same command goes on from there"), said);
    assertTrue(again(words).err().contains("Going on with training after step "), said);
    Path adapter = Path.of("novel/adapter_model.safetensors");
    assertArrayEquals(
        Files.readAllBytes(whole.resolve(adapter)), Files.readAllBytes(out.resolve(adapter)));
  }
}
