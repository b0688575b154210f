package dev.lora4j.studio.job;

import static dev.lora4j.studio.job.OpenQueue.ended;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.studio.BareStudio;
import dev.lora4j.studio.StudioClient;
import dev.lora4j.studio.TerminalCommand;
import dev.lora4j.studio.action.Lane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a studio makes of the folders that an earlier one has left. */
class JobRecoveryTest {
  private static final String TICKET = "a-ticket";

  @TempDir private Path start;

  /** A job as an earlier studio left it. */
  private JobFolder left(String id, String action, Lane lane, JobStatus status) throws IOException {
    JobFolder folder = new JobFolder(BareStudio.workspace(start).jobs().resolve(id));
    folder.create(new JobRequest(id, action, lane, id, "", 5, new JsonObject()), status);
    return folder;
  }

  private static JobStatus queued(long position) {
    return JobStatus.queued(position, List.of("--version"));
  }

  private static JobStatus over() {
    return queued(0).running(10, TICKET).ended(JobState.DONE, 20, 0, "");
  }

  @Test
  void damagedFoldersAreLeftOut() throws Exception {
    Path jobs = BareStudio.workspace(start).jobs();
    left("1-good", "work", Lane.WORK, over());
    Files.createDirectories(jobs.resolve("2-empty"));
    left("3-torn-request", "work", Lane.WORK, queued(0));
    Files.writeString(jobs.resolve("3-torn-request/job.json"), "{\"action\": \"wo");
    left("4-torn-state", "work", Lane.WORK, queued(0));
    Files.writeString(jobs.resolve("4-torn-state/state.json"), "");
    left("5-strange-state", "work", Lane.WORK, queued(0));
    Files.writeString(jobs.resolve("5-strange-state/state.json"), "{\"state\": \"asleep\"}");
    Files.writeString(jobs.resolve("6-file"), "no folder");
    Files.createDirectories(jobs.resolve("7-folder/state.json"));
    left("8-unknown-action", "dance", Lane.WORK, queued(3).running(10, TICKET));
    Files.writeString(jobs.resolve("8-unknown-action/began"), TICKET);
    left("9-good", "quick", Lane.QUICK, queued(4));
    List<String> notes = new ArrayList<>();
    List<Job> read = JobStore.read(jobs, notes::add);
    assertEquals(List.of("1-good", "8-unknown-action", "9-good"), ids(read));
    assertEquals(5, notes.size(), notes.toString());
    assertTrue(notes.get(1).contains("3-torn-request"), notes.toString());
    try (OpenQueue open = new OpenQueue(start)) {
      assertEquals(3, open.queue().list().size());
      assertEquals(JobState.DONE, ended(open.queue().require("9-good")).state());
      // What nobody knows any more cannot go on, but its end is told.
      assertEquals(JobState.INTERRUPTED, open.queue().require("8-unknown-action").state());
      assertEquals(JobState.DONE, ended(open.version("work")).state());
    }
  }

  private static List<String> ids(List<Job> jobs) {
    return jobs.stream().map(Job::id).toList();
  }

  @Test
  void aThousandOldJobsHinderNoNewOne() throws Exception {
    for (int i = 0; i < 1000; i++) {
      left(String.format("1-job-%04d", i), "work", Lane.WORK, over());
    }
    long began = System.nanoTime();
    try (OpenQueue open = new OpenQueue(start)) {
      long opened = System.nanoTime();
      List<Job> all = open.queue().list();
      long bytes = all.stream().mapToLong(job -> job.json().toString().length()).sum();
      long listed = System.nanoTime();
      System.out.printf(
          "1000 jobs: opened in %d ms, listed in %d ms, %d bytes%n",
          (opened - began) / 1_000_000, (listed - opened) / 1_000_000, bytes);
      assertEquals(1000, all.size());
      assertEquals("1-job-0000", all.get(0).id());
      Job job = ended(open.version("work"));
      assertEquals(JobState.DONE, job.state());
      assertEquals(job, open.queue().list().get(1000));
    }
  }

  @Test
  void oldAnswersDoNotStay() throws Exception {
    for (int i = 0; i < 40; i++) {
      left(String.format("1-quick-%02d", i), "quick", Lane.QUICK, over());
      left(String.format("1-work-%02d", i), "work", Lane.WORK, over());
    }
    try (OpenQueue open = new OpenQueue(start)) {
      Job newest = ended(open.version("quick"));
      // It is forgotten after its end is told.
      StudioClient.await("the oldest are gone", () -> open.queue().list().size() == 60);
      List<String> left = ids(open.queue().list());
      assertTrue(left.contains(newest.id()));
      assertFalse(left.contains("1-quick-20"));
      assertTrue(left.contains("1-quick-21"));
      assertFalse(Files.exists(open.workspace().jobs().resolve("1-quick-20")));
    }
  }

  /** State of the disk between a studio's decision and the process's start. */
  @Test
  void aJobWhoseProcessNeverBeganIsQueuedFirst() throws Exception {
    left("1-lost", "work", Lane.WORK, queued(7).running(10, TICKET));
    left("2-waits", "work", Lane.WORK, queued(1));
    try (OpenQueue open = new OpenQueue(start)) {
      Job lost = ended(open.queue().require("1-lost"));
      Job waits = ended(open.queue().require("2-waits"));
      assertEquals(JobState.DONE, lost.state());
      assertTrue(lost.status().started() <= waits.status().started());
    }
  }

  /** A process that a killed studio had just started is slower than the next studio. */
  @Test
  void aLateProcessOfAnEarlierStudioDoesNothing() throws Exception {
    JobFolder folder = left("1-lost", "work", Lane.WORK, queued(0).running(10, TICKET));
    try (OpenQueue open = new OpenQueue(start)) {
      Job job = ended(open.queue().require("1-lost"));
      Path said = start.resolve("said.txt");
      Process late =
          new ProcessBuilder(
                  TerminalCommand.java(
                      JobMain.class.getName(), folder.path().toString(), TICKET, "--version"))
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      assertTrue(late.waitFor(60, TimeUnit.SECONDS));
      assertEquals(130, late.exitValue());
      assertEquals("", Files.readString(said));
      assertEquals(JobState.DONE, job.state());
      assertTrue(folder.hasBegun(job.status().ticket()));
    }
  }

  @Test
  void whatAProcessHasLeftTellsItsEnd() throws Exception {
    JobFolder done = left("1-done", "work", Lane.WORK, queued(0).running(10, TICKET));
    done.began(TICKET);
    done.exited(0);
    JobFolder failed = left("2-failed", "work", Lane.WORK, queued(0).running(10, TICKET));
    failed.began(TICKET);
    failed.exited(1);
    Files.writeString(
        failed.err(),
        "encoding: picture 1 of 3\nlora4j: The disk is full.\nMake room.\ntraining: step 3 of 4\n");
    JobFolder stopped =
        left("3-stopped", "work", Lane.WORK, queued(0).running(10, TICKET).stopping());
    stopped.began(TICKET);
    JobFolder died = left("4-died", "work", Lane.WORK, queued(0).running(10, TICKET));
    died.began(TICKET);
    JobFolder on = left("5-on", "train", Lane.TRAINING, queued(0).running(10, TICKET));
    on.began(TICKET);
    try (OpenQueue open = new OpenQueue(start)) {
      JobQueue queue = open.queue();
      assertEquals(JobState.DONE, queue.require("1-done").state());
      assertEquals(JobState.FAILED, queue.require("2-failed").state());
      assertEquals("The disk is full.\nMake room.", queue.require("2-failed").status().message());
      assertEquals(JobState.STOPPED, queue.require("3-stopped").state());
      assertEquals(JobState.INTERRUPTED, queue.require("4-died").state());
      Job going = ended(queue.require("5-on"));
      assertEquals(List.of("--version", "--resume"), going.arguments());
    }
  }

  @Test
  void aSecondStudioIsTurnedAwayFromTheFolder() throws Exception {
    Path said = start.resolve("said.txt");
    try (OpenQueue open = new OpenQueue(start)) {
      Process second =
          new ProcessBuilder(TerminalCommand.java(SecondStudio.class.getName(), start.toString()))
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      assertTrue(second.waitFor(60, TimeUnit.SECONDS));
      String text = Files.readString(said);
      assertTrue(text.contains("A studio keeps its files in "), text);
      assertTrue(text.contains("(process " + ProcessHandle.current().pid() + ")"), text);
      assertEquals(JobState.DONE, ended(open.version("work")).state());
    }
    try (Stream<Path> jobs = Files.list(BareStudio.workspace(start).jobs())) {
      assertEquals(1, jobs.filter(Files::isDirectory).count());
    }
  }

  /** A studio in a process of its own, which ends when it is open. */
  static final class SecondStudio {
    private SecondStudio() {}

    public static void main(String[] words) throws Exception {
      Failure refused = assertThrows(Failure.class, () -> new OpenQueue(Path.of(words[0])).close());
      System.out.println(refused.getMessage());
    }
  }
}
