package dev.lora4j.studio.run;

import static dev.lora4j.studio.StudioClient.await;
import static dev.lora4j.studio.StudioClient.object;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.studio.BareStudio;
import dev.lora4j.studio.StudioClient;
import dev.lora4j.studio.TerminalCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A studio that is killed with jobs in all stages, with their processes and without. */
@Tag("slow")
class StudioKilledTest {
  /** Enough that it is not over while studios come and go. */
  private static final int STEPS = 24;

  @TempDir private Path start;
  private Process process = new ProcessBuilder("true").start();

  StudioKilledTest() throws IOException {}

  @AfterEach
  void end() throws InterruptedException {
    kill();
  }

  private void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** A studio in a process of its own, by its port. */
  private StudioClient open() throws Exception {
    Path port = start.resolve("port");
    Files.deleteIfExists(port);
    process =
        new ProcessBuilder(TerminalCommand.java(Killed.class.getName(), start.toString()))
            .directory(start.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(start.resolve("said.txt").toFile()))
            .start();
    await("it listens", () -> Files.exists(port));
    return new StudioClient(Integer.parseInt(Files.readString(port)));
  }

  private void pictures(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (Stream<Path> all = Files.list(BundledModel.styleSet())) {
      for (Path file : all.sorted().limit(12).toList()) {
        Files.copy(file, folder.resolve(file.getFileName().toString()));
      }
    }
  }

  private static JsonObject request(String output, int steps) {
    return object(
        "images",
        "six",
        "output",
        output,
        "steps",
        steps,
        "rank",
        4,
        "batch",
        1,
        "settings",
        object("save.every", 2, "previews.prompts", "[]", "adapter.dropout", 0.1));
  }

  private static String train(StudioClient studio, String output, int steps) throws Exception {
    return studio
        .post("/studio/actions/train", request(output, steps))
        .getAsJsonObject("job")
        .get("id")
        .getAsString();
  }

  private static int steps(StudioClient studio, String id) {
    JsonObject job = studio.job(id);
    boolean training =
        job.has("progress")
            && job.getAsJsonObject("progress").get("task").getAsString().equals("training");
    return training ? job.getAsJsonObject("progress").get("done").getAsInt() : 0;
  }

  private static ProcessHandle worker(StudioClient studio, String run) throws Exception {
    for (var one : studio.get("/studio/runs").getAsJsonArray("runs")) {
      if (one.getAsJsonObject().get("id").getAsString().equals(run)) {
        return ProcessHandle.of(one.getAsJsonObject().get("pid").getAsLong()).orElseThrow();
      }
    }
    throw new AssertionError("There is no run " + run);
  }

  private static void signal(ProcessHandle process, String name) throws Exception {
    String pid = Long.toString(process.pid());
    assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
  }

  @Test
  void nothingIsLostAndNothingIsDoneTwice() throws Exception {
    StudioClient studio = open();
    pictures(start.resolve("studio/pictures/six"));
    String first = train(studio, "ink", STEPS);
    String second = train(studio, "second", 1);
    String stopped = train(studio, "third", 1);
    studio.post("/studio/jobs/stop", object("id", stopped));
    await("it takes some steps", () -> steps(studio, first) >= 3);
    ProcessHandle worker = worker(studio, "ink");
    signal(worker, "STOP"); // it must not be done before the next studio is there
    kill();
    assertTrue(worker.isAlive());

    // Its process lives: it is taken over.
    StudioClient next = open();
    assertEquals("running", next.state(first));
    assertEquals("queued", next.state(second));
    assertEquals("stopped", next.state(stopped));
    assertEquals(worker.pid(), worker(next, "ink").pid());
    int seen = steps(next, first);
    signal(worker, "CONT");
    await("it goes on", () -> steps(next, first) > seen);

    // Both die: it goes on from its checkpoint, before what waited.
    kill();
    worker.destroyForcibly();
    await("it is dead", () -> !worker.isAlive());
    assertFalse(Files.exists(start.resolve("adapters/ink.safetensors")));
    StudioClient last = open();
    assertEquals("queued", last.state(second));
    JsonObject going = last.job(first);
    assertTrue(List.of("queued", "running").contains(going.get("state").getAsString()));
    assertTrue(going.get("command").getAsString().contains("--resume"), going.toString());
    assertEquals("done", last.ended(first).get("state").getAsString());
    String log = last.ask("/studio/jobs/log?id=" + first).body();
    assertTrue(log.contains("Going on after step"), log);
    assertTrue(
        last.job(first).get("ended").getAsLong() <= last.ended(second).get("started").getAsLong());
    assertEquals(3, last.get("/studio/jobs").getAsJsonArray("jobs").size());

    // As one that nobody disturbed.
    Path other = start.resolve("other");
    pictures(other.resolve("studio/pictures/six"));
    Files.createDirectories(other.resolve("adapters"));
    TerminalCommand.here(
        "train",
        "--images=" + other.resolve("studio/pictures/six"),
        "-o",
        other.resolve("adapters/ink.safetensors").toString(),
        "--rank=4",
        "--steps=" + STEPS,
        "--batch=1",
        "--set=save.every=2",
        "--set=previews.prompts=[]",
        "--set=adapter.dropout=0.1");
    assertArrayEquals(
        Files.readAllBytes(other.resolve("adapters/ink.safetensors")),
        Files.readAllBytes(start.resolve("adapters/ink.safetensors")));
  }

  /** The studio that is killed. */
  static final class Killed {
    private Killed() {}

    public static void main(String[] words) throws Exception {
      Path start = Path.of(words[0]);
      BareStudio studio = BareStudio.open(start);
      Path port = start.resolve("port");
      Path unfinished = start.resolve("port.tmp");
      Files.writeString(unfinished, Integer.toString(studio.uri("/").getPort()));
      Files.move(unfinished, port);
      new CountDownLatch(1).await();
    }
  }
}
