package dev.lora4j.studio.job;

import com.google.gson.JsonObject;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.ActionTable;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Task;
import dev.lora4j.studio.event.EventHub;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
  private final TreeMap<String, Job> jobs = new TreeMap<>();
  private final Map<Lane, JobProcess> running = new EnumMap<>(Lane.class);
  private final Map<Lane, Job> atWork = new EnumMap<>(Lane.class);
  private final Map<String, CompletableFuture<Job>> waiting = new ConcurrentHashMap<>();
  private final JobWatch watch = new JobWatch(this::look);
  private boolean closed;

  private JobQueue(Workspace workspace, ActionTable actions, EventHub events) {
    this.workspace = workspace;
    this.actions = actions;
    this.events = events;
  }

  /**
   * Takes over what is there, and begins to work.
   *
   * @throws IOException if the folder cannot be read or written
   */
  public static JobQueue open(Workspace workspace, ActionTable actions, EventHub events)
      throws IOException {
    JobQueue queue = new JobQueue(workspace, actions, events);
    queue.recover(JobStore.read(workspace.jobs(), LOG::warn));
    return queue;
  }

  private synchronized void recover(List<Job> found) {
    for (Job job : found) {
      jobs.put(job.id(), job);
      Optional<JobProcess> process =
          job.state().ended() ? Optional.empty() : JobProcess.running(job.folder());
      if (process.isPresent()) {
        // A studio that was killed may not have come to write that it had begun.
        if (job.state() == JobState.QUEUED) {
          job.become(job.status().running(System.currentTimeMillis()));
        }
        take(job, process.get());
      } else if (job.state() == JobState.RUNNING || job.state() == JobState.STOPPING) {
        JobEnd.of(job, -1).apply(job);
        goOn(job);
      }
    }
    advance();
  }

  /** Queues a training again that died with an earlier studio, before all others. */
  private void goOn(Job job) {
    Optional<Action> action = actions.find(job.request().action());
    if (job.state() == JobState.INTERRUPTED && action.filter(Action::goesOn).isPresent()) {
      job.become(JobStatus.queued(first() - 1, action.get().again(job.arguments())));
    }
  }

  /**
   * Queues a job.
   *
   * @throws dev.lora4j.server.json.FieldException if the request cannot be meant
   * @throws IOException if the job cannot be written
   */
  public Job submit(Action action, JsonFields request) throws IOException {
    JobFolder folder = JobStore.newFolder(workspace.jobs());
    Task task = action.task(request, folder::file);
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
      JobStatus status = JobStatus.queued(last() + 1, task.arguments());
      folder.create(asked, status);
      Job job = new Job(folder, asked, status);
      jobs.put(job.id(), job);
      tell(job);
      advance();
      return job;
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
    return job.state().ended()
        ? CompletableFuture.completedFuture(job)
        : waiting.computeIfAbsent(job.id(), id -> new CompletableFuture<>());
  }

  /** Stops a job and keeps what it has; takes it out of the queue if it waits. */
  public synchronized void stop(Job job) {
    end(job, JobProcess::stop);
  }

  /** Ends a job's process at once. */
  public synchronized void kill(Job job) {
    end(job, JobProcess::kill);
  }

  private void end(Job job, java.util.function.Consumer<JobProcess> how) {
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
   * @throws IllegalArgumentException if it has not ended
   */
  public synchronized void again(Job job) {
    requireEnded(job);
    Action action = actions.require(job.request().action());
    job.become(JobStatus.queued(last() + 1, action.again(job.arguments())));
    tell(job);
    advance();
  }

  /** Puts a waiting job before another; at the end if there is none such. */
  public synchronized void move(Job job, Optional<Job> before) {
    if (job.state() != JobState.QUEUED) {
      throw new IllegalArgumentException(job.request().title() + " does not wait in the queue.");
    }
    List<Job> order =
        new java.util.ArrayList<>(
            list().stream().filter(j -> j.state() == JobState.QUEUED && j != job).toList());
    int place = before.map(order::indexOf).filter(i -> i >= 0).orElse(order.size());
    order.add(place, job);
    long position = first();
    for (Job one : order) {
      one.become(one.status().position(position++));
      tell(one);
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
      while (!closed && !atWork.containsKey(lane)) {
        Optional<Job> next =
            jobs.values().stream()
                .filter(j -> j.state() == JobState.QUEUED && j.request().lane() == lane)
                .min(Comparator.comparing(j -> j.status().position()));
        if (next.isEmpty()) {
          break;
        }
        begin(next.get());
      }
    }
  }

  private void begin(Job job) {
    try {
      job.become(job.status().running(System.currentTimeMillis()));
      take(job, JobProcess.start(job.folder(), workspace.start(), job.arguments()));
      tell(job);
    } catch (IOException | RuntimeException e) {
      LOG.error("A job could not be started.", e);
      String why = "It could not be started: " + e.getMessage();
      job.become(job.status().ended(JobState.FAILED, System.currentTimeMillis(), -1, why));
      finish(job);
    }
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

  /** Tells how far the running jobs have come; false if none runs. */
  private synchronized boolean look() {
    for (Job job : atWork.values()) {
      if (job.look()) {
        tell(job);
      }
    }
    return !atWork.isEmpty() && !closed;
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
    }
    watch.close();
  }
}
