package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Main;
import dev.lora4j.cli.Run;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training that is killed again and again gives the file of training that was not. */
@Tag("slow")
class TrainKilledTest {
  private static final int KILLS = 3;
  private static final int STEPS = 30;
  private static final int EVERY = 2;
  private static final Pattern RESUMED = Pattern.compile("Going on after step (\\d+)\\.");
  @TempDir private Path folder;

  private List<String> words(Path out) {
    return List.of(
        "train",
        "--images=" + folder.resolve("pictures"),
        "--out=" + out,
        "--steps=" + STEPS,
        "--batch=2",
        "--set=previews.prompts=[]",
        "--rank=4",
        "--compute=f32",
        "--set=save.every=" + EVERY,
        "--set=validation.split=0.25",
        "--set=validation.every=5",
        "--set=validation.keep_best=true",
        "--set=adapter.dropout=0.1",
        "--set=data.flip_aug=true",
        "--resume",
        Run.BASE);
  }

  /** In this process, where it costs no start of its own. */
  private void whole(Path out) {
    Run run = Run.of(words(out).toArray());
    assertEquals(0, run.code(), run.err());
  }

  private Process start(Path out, Path said) throws IOException {
    String java =
        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
    List<String> command =
        new ArrayList<>(List.of(java, "-Dai.djl.offline=true", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(words(out));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().put("OMP_WAIT_POLICY", "PASSIVE"); // others use the processors too
    return builder.start();
  }

  @Test
  void killsChangeNoBit() throws Exception {
    Run.pictures(folder.resolve("pictures"));
    Path whole = folder.resolve("whole/style.safetensors");
    whole(whole);

    Path out = folder.resolve("killed/style.safetensors");
    Path log = folder.resolve("killed/style.run/log.csv");
    Random random = new Random(1);
    int finished = 0;
    int logged = 0;
    int resumes = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Path said = folder.resolve("killed-" + kill + ".txt");
      Process process = start(out, said);
      // Past a checkpoint of its own, so that the next one has something to go on from.
      while (process.isAlive() && lastRow(log) <= logged + EVERY) {
        Thread.sleep(5);
      }
      Thread.sleep(random.nextInt(120));
      process.destroyForcibly();
      process.waitFor();
      finished += process.exitValue() == 0 ? 1 : 0;
      Matcher resumed = RESUMED.matcher(Files.readString(said));
      if (resumed.find()) {
        resumes++;
        int step = Integer.parseInt(resumed.group(1));
        assertTrue(step >= logged - EVERY, step + " after " + logged);
      } else {
        assertTrue(logged <= EVERY, "begun anew after " + logged + ": " + Files.readString(said));
      }
      logged = lastRow(log);
    }
    whole(out);
    assertTrue(finished < KILLS, "no run was killed before its end");
    assertTrue(resumes > 0, "no run went on");
    assertArrayEquals(Files.readAllBytes(whole), Files.readAllBytes(out));
    assertEquals(table(folder.resolve("whole/style.run/log.csv")), table(log));
  }

  /** A run that begins anew removes the table at any moment. */
  private static int lastRow(Path log) throws IOException {
    String rows;
    try {
      rows = Files.readString(log);
    } catch (NoSuchFileException e) {
      return 0;
    }
    int last = 0;
    for (String line : rows.split("\n", -1)) {
      if (line.matches("\\d+,.*")) {
        last = Integer.parseInt(line.substring(0, line.indexOf(',')));
      }
    }
    return last;
  }

  /** Without the column of seconds, which is the last. */
  private static List<String> table(Path log) throws IOException {
    return Files.readAllLines(log).stream()
        .map(line -> line.substring(0, line.lastIndexOf(',')))
        .toList();
  }
}
