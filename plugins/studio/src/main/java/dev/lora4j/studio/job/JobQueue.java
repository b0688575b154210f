package dev.lora4j.studio.job;

import com.google.gson.JsonObject;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.ActionTable;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Task;
import dev.lora4j.studio.event.EventHub;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jobs in their lanes, one at a time in each. All of it is in files: a studio that begins takes
 * over what an earlier one has left, running processes included.
 *
 * <p>Closing it leaves processes alone: they go on, and the next studio finds them.
 */
public final class JobQueue implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.lora4j.studio.jobs");
  private static final int QUICK_KEPT = 20;

  private final Workspace workspace;
  private final ActionTable actions;
  private final EventHub events;
  private final QueueClaim claim;
  private final TreeMap<String, Job> jobs = new TreeMap<>();
  private final Map<Lane, JobProcess> running = new EnumMap<>(Lane.class);
  private final Map<Lane, Job> atWork = new EnumMap<>(Lane.class);
  private final Map<String, CompletableFuture<Job>> waiting = new ConcurrentHashMap<>();
  private final JobWatch watch = new JobWatch(this::look);
  private boolean held;
  private boolean closed;

  private JobQueue(Workspace workspace, ActionTable actions, EventHub events, QueueClaim claim) {
    this.workspace = workspace;
    this.actions = actions;
    this.events = events;
    this.claim = claim;
  }

  /**
   * Takes over what is there, and begins to work.
   *
   * @throws IOException if the folder cannot be read or written
   * @throws dev.lora4j.cli.console.Failure if another studio works in it
   */
  public static JobQueue open(Workspace workspace, ActionTable actions, EventHub events)
      throws IOException {
    QueueClaim claim = QueueClaim.of(workspace.jobs());
    try {
      JobQueue queue = new JobQueue(workspace, actions, events, claim);
      queue.recover(JobStore.read(workspace.jobs(), LOG::warn));
      return queue;
    } catch (IOException | RuntimeException | Error e) {
      claim.close();
      throw e;
    }
  }

  private synchronized void recover(List<Job> found) {
    for (Job job : found) {
      jobs.put(job.id(), job);
      job.look();
    }
    for (Job job : found) {
      if (job.state() == JobState.RUNNING || job.state() == JobState.STOPPING) {
        JobProcess.runningOr(job.folder(), () -> settle(job))
            .ifPresent(process -> take(job, process));
      }
    }
    advance();
  }

  /** Says of a job whose process is gone how it stands. None can begin meanwhile. */
  private void settle(Job job) {
    boolean begun = job.folder().hasBegun(job.status().ticket()) || job.folder().exit().isPresent();
    if (job.state() == JobState.RUNNING && !begun) {
      job.become(JobStatus.queued(first() - 1, job.arguments()));
      return;
    }
    JobEnd.of(job, -1).apply(job);
    Optional<Action> action = actions.find(job.request().action());
    if (job.state() == JobState.INTERRUPTED && action.filter(Action::goesOn).isPresent()) {
      // Before all others, as it was before them.
      job.become(JobStatus.queued(first() - 1, goingOn(job, action.get())));
    }
  }

  /** The command line by which {@link #again} would run a job. */
  public List<String> wordsAgain(Job job) {
    return goingOn(job, actions.require(job.request().action()));
  }

  private static List<String> goingOn(Job job, Action action) {
    JobRequest asked = job.request();
    Task task = new Task(asked.title(), job.arguments(), asked.adapter());
    return job.state() == JobState.DONE
        ? job.arguments()
        : action.again(task, job.status().started());
  }

  /**
   * Queues a job.
   *
   * @throws dev.lora4j.server.json.FieldException if the request cannot be meant
   * @throws IllegalArgumentException if another job makes the same adapter
   * @throws IOException if the job cannot be written
   */
  public Job submit(Action action, JsonFields request) throws IOException {
    JobFolder folder = JobStore.newFolder(workspace.jobs());
    Task task = action.task(request, folder);
    JobRequest asked =
        new JobRequest(
            folder.path().getFileName().toString(),
            action.name(),
            action.lane(),
            task.title(),
            task.adapter(),
            System.currentTimeMillis(),
            request.object());
    synchronized (this) {
      requireUnmade(task.adapter());
      JobStatus status = JobStatus.queued(last() + 1, task.arguments());
      folder.create(asked, status);
      Job job = new Job(folder, asked, status);
      jobs.put(job.id(), job);
      tell(job);
      advance();
      return job;
    }
  }

  private void requireUnmade(String adapter) {
    Optional<Job> other = adapter.isEmpty() ? Optional.empty() : making(adapter);
    if (other.isPresent()) {
      throw new IllegalArgumentException(
          "A job that makes "
              + adapter
              + (other.get().state() == JobState.QUEUED ? " waits in the queue" : " is running")
              + " already. Use another name, or stop that one.");
    }
  }

  /** All jobs: those that have ended or run by age, then those that wait in their order. */
  public synchronized List<Job> list() {
    return jobs.values().stream()
        .sorted(
            Comparator.comparing((Job j) -> j.state() == JobState.QUEUED)
                .thenComparing(j -> j.state() == JobState.QUEUED ? j.status().position() : 0L)
                .thenComparing(Job::id))
        .toList();
  }

  /** The job of an id, if there is one. */
  public synchronized Optional<Job> find(String id) {
    return Optional.ofNullable(jobs.get(id));
  }

  /** The job that makes an adapter and has not ended, if there is one. */
  public synchronized Optional<Job> making(String adapter) {
    return jobs.values().stream()
        .filter(job -> job.adapter().equals(adapter) && !job.state().ended())
        .findFirst();
  }

  /** Completes when a job has ended. */
  public synchronized CompletableFuture<Job> ended(Job job) {
    if (job.state().ended()) {
      return CompletableFuture.completedFuture(job);
    }
    return closed
        ? CompletableFuture.failedFuture(closing())
        : waiting.computeIfAbsent(job.id(), id -> new CompletableFuture<>());
  }

  private static CancellationException closing() {
    return new CancellationException("The studio is being closed; the job goes on without it.");
  }

  /** Stops a job and keeps what it has; takes it out of the queue if it waits. */
  public synchronized void stop(Job job) {
    end(job, JobProcess::stop);
  }

  /** Ends a job's process at once. */
  public synchronized void kill(Job job) {
    end(job, JobProcess::kill);
  }

  private void end(Job job, Consumer<JobProcess> how) {
    if (job.state() == JobState.QUEUED) {
      job.become(job.status().ended(JobState.STOPPED, System.currentTimeMillis(), -1, ""));
      finish(job);
    } else if (!job.state().ended()) {
      job.become(job.status().stopping());
      tell(job);
      Optional.ofNullable(running.get(job.request().lane())).ifPresent(how);
    }
  }

  /**
   * Queues a job once more, going on where its command can.
   *
   * @throws IllegalArgumentException if it has not ended, or another one makes its adapter
   */
  public synchronized void again(Job job) {
    requireEnded(job);
    requireUnmade(job.adapter());
    job.become(JobStatus.queued(last() + 1, wordsAgain(job)));
    tell(job);
    advance();
  }

  /**
   * Puts a waiting job before another; at the end if there is none such.
   *
   * @throws IllegalArgumentException if it does not wait
   */
  public synchronized void move(Job job, Optional<Job> before) {
    if (job.state() != JobState.QUEUED) {
      throw new IllegalArgumentException(job.request().title() + " does not wait in the queue.");
    }
    List<Job> order =
        new ArrayList<>(
            list().stream().filter(j -> j.state() == JobState.QUEUED && j != job).toList());
    int place = before.map(order::indexOf).filter(i -> i >= 0).orElse(order.size());
    order.add(place, job);
    long position = first();
    for (Job one : order) {
      if (one.status().position() != position) {
        one.become(one.status().position(position));
        tell(one);
      }
      position++;
    }
  }

  /**
   * Forgets a job. Adapters that it made stay.
   *
   * @throws IllegalArgumentException if it has not ended
   * @throws IOException if its files cannot be removed
   */
  public synchronized void remove(Job job) throws IOException {
    requireEnded(job);
    job.folder().remove();
    jobs.remove(job.id());
    JsonObject removed = new JsonObject();
    removed.addProperty("id", job.id());
    events.publish("job-removed", removed);
  }

  private static void requireEnded(Job job) {
    if (!job.state().ended()) {
      throw new IllegalArgumentException(job.request().title() + " has not ended. Stop it first.");
    }
  }

  private long first() {
    return jobs.values().stream()
        .filter(j -> j.state() == JobState.QUEUED)
        .mapToLong(j -> j.status().position())
        .min()
        .orElse(0);
  }

  private long last() {
    return jobs.values().stream()
        .filter(j -> j.state() == JobState.QUEUED)
        .mapToLong(j -> j.status().position())
        .max()
        .orElse(0);
  }

  /** Begins what can begin. */
  private void advance() {
    for (Lane lane : Lane.values()) {
      boolean going = true;
      while (going && !closed && !atWork.containsKey(lane)) {
        going =
            jobs.values().stream()
                .filter(j -> j.state() == JobState.QUEUED && j.request().lane() == lane)
                .min(Comparator.comparing(j -> j.status().position()))
                .map(this::begin)
                .orElse(false);
      }
    }
  }

  /** Begins a job; false if its lane has to wait. */
  private boolean begin(Job job) {
    try {
      job.folder().clear();
      // Before the process, which runs only with the ticket that the folder has.
      job.begin(Tickets.next());
    } catch (IOException e) {
      hold(job, e);
      return false;
    }
    try {
      take(job, JobProcess.start(job.folder(), workspace.start(), job.status()));
      tell(job);
    } catch (IOException | RuntimeException e) {
      LOG.error("A job could not be started.", e);
      String why = "It could not be started: " + ErrorExplanation.of(e);
      job.become(job.status().ended(JobState.FAILED, System.currentTimeMillis(), -1, why));
      finish(job);
    }
    return true;
  }

  /** Leaves a job in the queue that cannot begin, as on a full disk, and tries again later. */
  private void hold(Job job, IOException e) {
    held = true;
    String why =
        "It waits, as its folder cannot be written: " + ErrorExplanation.of(e) + " Make room.";
    if (!job.status().message().equals(why)) {
      job.become(job.status().message(why));
      tell(job);
    }
    watch.begin();
  }

  private void take(Job job, JobProcess process) {
    atWork.put(job.request().lane(), job);
    running.put(job.request().lane(), process);
    process.onExit(code -> exited(job, code));
    watch.begin();
  }

  private synchronized void exited(Job job, int code) {
    atWork.remove(job.request().lane());
    running.remove(job.request().lane());
    if (closed) {
      return; // the next studio sees it
    }
    job.look();
    JobEnd.of(job, code).apply(job);
    finish(job);
    prune();
    advance();
  }

  private void finish(Job job) {
    tell(job);
    Optional.ofNullable(waiting.remove(job.id())).ifPresent(f -> f.complete(job));
  }

  /** Answers that nobody waits for any more need not stay. */
  private void prune() {
    List<Job> quick =
        jobs.values().stream()
            .filter(j -> j.request().lane() == Lane.QUICK && j.state().ended())
            .filter(j -> !waiting.containsKey(j.id()))
            .toList();
    for (Job old : quick.subList(0, Math.max(0, quick.size() - QUICK_KEPT))) {
      try {
        remove(old);
      } catch (IOException e) {
        LOG.warn("{} cannot be removed: {}", old.folder().path(), e.getMessage());
      }
    }
  }

  /**
   * Tells how far the running jobs have come, and tries again what could not be written; false if
   * there is nothing of that.
   */
  private synchronized boolean look() {
    for (Job job : atWork.values()) {
      if (job.look()) {
        tell(job);
      }
    }
    boolean saved = jobs.values().stream().map(Job::save).reduce(true, Boolean::logicalAnd);
    if (held) {
      held = false;
      advance();
    }
    return !closed && (!atWork.isEmpty() || held || !saved);
  }

  private void tell(Job job) {
    events.publish("job", job.json());
  }

  /**
   * The job of an id.
   *
   * @throws NoSuchElementException if there is none
   */
  public Job require(String id) {
    return find(id)
        .orElseThrow(
            () -> new NoSuchElementException("There is no job '" + id + "'. It may be removed."));
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      waiting.values().forEach(answer -> answer.completeExceptionally(closing()));
      waiting.clear();
    }
    watch.close();
    claim.close();
  }
}
