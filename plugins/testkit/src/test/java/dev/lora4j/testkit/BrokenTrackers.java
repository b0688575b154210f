package dev.lora4j.testkit;

import dev.lora4j.core.train.log.RunStart;
import dev.lora4j.core.train.log.StepCsv;
import dev.lora4j.core.train.log.TrackedRun;
import dev.lora4j.core.train.log.Tracker;
import dev.lora4j.spi.Extension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Trackers that break their contract, each in one way, and one that keeps it. */
final class BrokenTrackers {
  private BrokenTrackers() {}

  private static TrackedRun table(RunStart run) {
    StepCsv table = StepCsv.open(run.folder().resolve("t.csv"), List.of("loss"), run.step());
    return new TrackedRun() {
      @Override
      public void step(Step done) {
        table.row(done.step(), done.loss());
      }

      @Override
      public void end(Optional<String> failure) {
        table.close();
      }
    };
  }

  /** Keeps it. */
  @Extension(point = Tracker.class, name = "test-table", help = "a table")
  public record Table() implements Tracker {
    @Override
    public TrackedRun begin(RunStart run) {
      return table(run);
    }
  }

  /** Has one run for all. */
  @Extension(point = Tracker.class, name = "test-single", help = "one run for all")
  public static final class Single implements Tracker {
    private Optional<TrackedRun> only = Optional.empty();

    /** For the host. */
    public Single() {}

    @Override
    public TrackedRun begin(RunStart run) {
      only = only.or(() -> Optional.of(table(run)));
      return only.get();
    }
  }

  /** Wants its folder for itself. */
  @Extension(point = Tracker.class, name = "test-first", help = "begins once in a folder")
  public record First() implements Tracker {
    @Override
    public TrackedRun begin(RunStart run) {
      try {
        Path file = Files.createFile(run.folder().resolve("mine"));
        return new TrackedRun() {
          @Override
          public void step(Step done) {}

          @Override
          public void end(Optional<String> failure) {
            file.toFile().setReadOnly();
          }
        };
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Wants numbers to be finite. */
  @Extension(point = Tracker.class, name = "test-finite", help = "finite numbers")
  public record Finite() implements Tracker {
    @Override
    public TrackedRun begin(RunStart run) {
      return new TrackedRun() {
        @Override
        public void step(Step done) {
          if (!Double.isFinite(done.loss())) {
            throw new IllegalArgumentException("not finite");
          }
        }

        @Override
        public void end(Optional<String> failure) {}
      };
    }
  }

  /** Wants at least a step. */
  @Extension(point = Tracker.class, name = "test-busy", help = "runs with steps")
  public record Busy() implements Tracker {
    @Override
    public TrackedRun begin(RunStart run) {
      return new TrackedRun() {
        private boolean any;

        @Override
        public void step(Step done) {
          any = true;
        }

        @Override
        public void end(Optional<String> failure) {
          if (!any) {
            throw new IllegalStateException("no steps");
          }
        }
      };
    }
  }
}
