package dev.lora4j.studio.run;

import com.google.gson.JsonObject;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.job.Job;
import dev.lora4j.studio.job.JobQueue;
import dev.lora4j.studio.workspace.Workspace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The trainings of a studio, whoever began them. What has not changed is not read again. */
final class Runs {
  /** Tables that stay in memory, those used last; one of 100,000 steps takes 3 MB. */
  private static final int TABLES = 8;

  private record Known(String stamp, JsonObject json) {}

  private final Workspace workspace;
  private final JobQueue queue;
  private final Map<Path, Known> known = new HashMap<>();
  private final Map<Path, LossTable> tables =
      new LinkedHashMap<>(TABLES, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Path, LossTable> eldest) {
          return size() > TABLES;
        }
      };

  Runs(Workspace workspace, JobQueue queue) {
    this.workspace = workspace;
    this.queue = queue;
  }

  /**
   * All trainings, by name.
   *
   * @throws IOException if a folder cannot be read
   */
  List<JsonObject> list() throws IOException {
    Map<String, Job> jobs = jobs();
    List<JsonObject> all = new ArrayList<>();
    for (RunFolder run : RunFolders.of(workspace).values()) {
      all.add(json(run, Optional.ofNullable(jobs.get(run.id()))));
    }
    return all;
  }

  /** The newest job for each adapter that is trained. */
  private Map<String, Job> jobs() {
    Map<String, Job> newest = new HashMap<>();
    queue.list().stream()
        .filter(job -> job.lane() == Lane.TRAINING && !job.adapter().isEmpty())
        .forEach(
            job ->
                newest.merge(job.adapter(), job, (a, b) -> a.id().compareTo(b.id()) > 0 ? a : b));
    return newest;
  }

  /** The newest job that trained an adapter, if one did. */
  Optional<Job> job(RunFolder run) {
    return Optional.ofNullable(jobs().get(run.id()));
  }

  private JsonObject json(RunFolder run, Optional<Job> job) throws IOException {
    Optional<Long> process = LockedFolder.owner(run.path());
    String stamp =
        RunStamp.of(run, process.map(String::valueOf).orElse("") + job.map(Job::id).orElse(""));
    synchronized (known) {
      Known before = known.get(run.path());
      if (before != null && before.stamp().equals(stamp)) {
        return before.json();
      }
    }
    LossSummary numbers = look(run, LossSummary::of);
    JsonObject json = new RunView(workspace, run, process, job).json(numbers);
    synchronized (known) {
      known.put(run.path(), new Known(stamp, json));
    }
    return json;
  }

  /**
   * What a look at the numbers of a training gives.
   *
   * @throws IOException if they cannot be read
   */
  <T> T look(RunFolder run, Function<LossRows, T> use) throws IOException {
    LossTable table;
    synchronized (tables) {
      table = tables.computeIfAbsent(run.table(), LossTable::new);
    }
    return table.look(use);
  }

  /**
   * The training of a name.
   *
   * @throws HttpProblem 404 if there is none
   * @throws IOException if the folders cannot be read
   */
  RunFolder require(String id) throws IOException {
    RunFolder found = RunFolders.of(workspace).get(id);
    if (found == null) {
      throw new HttpProblem(404, "There is no training '" + id + "'. It may have been removed.");
    }
    return found;
  }
}
