package dev.lora4j.studio.job;

import static dev.lora4j.studio.StudioClient.await;
import static dev.lora4j.studio.job.OpenQueue.awaitSteps;
import static dev.lora4j.studio.job.OpenQueue.ended;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.file.LockedFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in one studio: their order, how they are stopped, and how they fail. */
@Tag("slow")
class JobQueueTest {
  private static final int LONG = 1_000_000;

  @TempDir private Path start;
  private OpenQueue open;
  private JobQueue queue;

  @BeforeEach
  void open() throws IOException {
    open = new OpenQueue(start);
    queue = open.queue();
  }

  @AfterEach
  void close() throws InterruptedException {
    open.close();
  }

  private static ProcessHandle process(Job job) {
    return LockedFolder.owner(job.folder().path()).flatMap(ProcessHandle::of).orElseThrow();
  }

  @Test
  void aLaneHasAnOrderAndLanesRunSideBySide() throws Exception {
    Job first = open.training("ink", LONG);
    Job second = open.version("train");
    Job third = open.version("train");
    Job fourth = open.version("train");
    Job work = open.version("work");
    Job quick = open.version("quick");
    assertEquals(JobState.DONE, ended(work).state(), open.log(work));
    assertEquals(JobState.DONE, ended(quick).state());
    assertEquals(JobState.RUNNING, first.state());
    assertEquals(JobState.QUEUED, second.state());
    queue.move(fourth, Optional.of(second));
    queue.move(second, Optional.empty());
    assertEquals(List.of(fourth, third, second), waiting());
    queue.stop(third);
    assertEquals(JobState.STOPPED, third.state());
    assertEquals(List.of(fourth, second), waiting());
    assertThrows(IllegalArgumentException.class, () -> queue.move(first, Optional.empty()));
    assertThrows(IllegalArgumentException.class, () -> queue.remove(first));
    assertThrows(IllegalArgumentException.class, () -> queue.again(second));
    queue.stop(first);
    ended(second);
    assertEquals(JobState.STOPPED, first.state());
    assertTrue(fourth.status().started() <= second.status().started());
    assertTrue(fourth.status().started() >= first.status().ended());
    assertTrue(second.status().started() >= fourth.status().ended());
    assertEquals(0, third.status().started());
  }

  private List<Job> waiting() {
    return queue.list().stream().filter(job -> job.state() == JobState.QUEUED).toList();
  }

  @Test
  void aStoppedTrainingKeepsWhatItHadAndGoesOn() throws Exception {
    Job job = open.training("ink", 50);
    assertThrows(IllegalArgumentException.class, () -> open.training("ink", 5));
    awaitSteps(job, 1);
    queue.stop(job);
    queue.stop(job); // a second signal would end it at once
    assertEquals(JobState.STOPPED, ended(job).state());
    assertEquals(130, job.status().exit(), open.log(job));
    assertTrue(open.log(job).contains("The adapter as it was after step"), open.log(job));
    assertFalse(Files.exists(start.resolve("adapters/ink.safetensors")));
    List<String> words = job.arguments();
    assertFalse(words.contains("--resume"));
    queue.again(job);
    assertEquals(JobState.DONE, ended(job).state(), open.log(job));
    assertTrue(job.arguments().contains("--resume"));
    assertTrue(open.log(job).contains("Going on after step"), open.log(job));
    assertTrue(Files.exists(start.resolve("adapters/ink.safetensors")));
    assertEquals(1, queue.list().size());
    queue.remove(job);
    assertFalse(Files.exists(job.folder().path()));
    assertTrue(Files.exists(start.resolve("adapters/ink.safetensors")));
  }

  @Test
  void aKilledJobIsGoneAtOnce() throws Exception {
    Job job = open.training("ink", LONG);
    awaitSteps(job, 1);
    ProcessHandle process = process(job);
    queue.kill(job);
    assertEquals(JobState.STOPPED, ended(job).state());
    assertEquals(137, job.status().exit());
    assertFalse(process.isAlive());
  }

  @Test
  void aFailedJobSaysWhatItsCommandSaid() throws Exception {
    Job absent = ended(open.submit("work", "inspect", "nowhere.safetensors"));
    assertEquals(JobState.FAILED, absent.state());
    assertTrue(
        absent.status().message().startsWith("There is no file or folder nowhere.safetensors"),
        absent.status().message());
    assertEquals(1, absent.status().exit());
    Job wrong = ended(open.submit("work", "inspect", "--no-such-option"));
    assertEquals(2, wrong.status().exit());
    assertTrue(wrong.status().message().contains("--no-such-option"), wrong.status().message());
    Job killed = open.training("ink", LONG);
    awaitSteps(killed, 1);
    process(killed).destroyForcibly();
    assertEquals(JobState.FAILED, ended(killed).state());
    assertTrue(killed.status().message().contains("memory"), killed.status().message());
  }

  @Test
  void whatATerminalSendsToAllItsProcessesEndsNoJob() throws Exception {
    Job job = open.training("ink", LONG);
    awaitSteps(job, 2);
    for (String signal : List.of("INT", "HUP")) {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process(job).pid())).start().waitFor();
    }
    int now = job.json().getAsJsonObject("progress").get("done").getAsInt();
    awaitSteps(job, now + 20);
    assertEquals(JobState.RUNNING, job.state());
  }

  @Test
  void aJobThatCannotBeWrittenWaitsForRoom() throws Exception {
    Job first = open.training("ink", LONG);
    Job second = open.version("train");
    // As on a full disk: its state can be written no more.
    Path state = second.folder().path().resolve("state.json");
    Files.delete(state);
    Files.createDirectories(state.resolve("in the way"));
    queue.kill(first);
    ended(first);
    await("it says why it waits", () -> !second.status().message().isEmpty());
    assertEquals(JobState.QUEUED, second.state());
    assertTrue(second.status().message().contains("cannot be written"), second.json().toString());
    Job work = ended(open.version("work"));
    assertEquals(JobState.DONE, work.state(), "other lanes go on");
    Files.delete(state.resolve("in the way"));
    Files.delete(state);
    assertEquals(JobState.DONE, ended(second).state());
    assertEquals("", second.status().message());
  }

  @Test
  void anEndThatCannotBeWrittenCountsAndIsWrittenLater() throws Exception {
    Job job = open.training("ink", LONG);
    awaitSteps(job, 1);
    Path state = job.folder().path().resolve("state.json");
    Files.delete(state);
    Files.createDirectories(state);
    Files.createFile(state.resolve("in the way"));
    queue.kill(job);
    assertEquals(JobState.STOPPED, ended(job).state());
    assertEquals(JobState.DONE, ended(open.version("train")).state(), "the lane is free");
    Files.delete(state.resolve("in the way"));
    Files.delete(state);
    await("the state is written", () -> Files.isRegularFile(state));
    assertEquals(JobState.STOPPED, job.folder().status().state());
  }

  @Test
  void withoutAFolderForJobsNoneIsMade() throws Exception {
    Path jobs = open.workspace().jobs();
    Files.move(jobs, start.resolve("away"));
    Files.writeString(jobs, "a file in its place");
    assertThrows(IOException.class, () -> open.version("work"));
    assertEquals(List.of(), queue.list());
    Files.delete(jobs);
    Files.move(start.resolve("away"), jobs);
    assertEquals(JobState.DONE, ended(open.version("work")).state());
  }

  @Test
  void aNewRunOfAJobHasFilesOfItsOwn() throws Exception {
    Job job = ended(open.version("work"));
    String once = Files.readString(job.folder().out());
    assertTrue(once.startsWith("lora4j"), once);
    queue.again(job);
    ended(job);
    assertEquals(once, Files.readString(job.folder().out()));
  }
}
