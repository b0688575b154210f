package dev.lora4j.spark;

import dev.lora4j.core.train.run.TrainingWorker;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Function;

/**
 * The workers of one Java machine for the training that is under way, as many as tasks run in it at
 * a time. A worker of another training is closed when one of a new one is asked for.
 */
final class OpenWorkers {
  private static final Deque<TrainingWorker> FREE = new ArrayDeque<>();
  private static String training = "";

  private OpenWorkers() {}

  /**
   * Works with a worker that nobody else uses meanwhile.
   *
   * @param id of the training
   */
  static <T> T with(String id, WorkerSource source, Function<TrainingWorker, T> work) {
    TrainingWorker worker = take(id, source);
    try {
      T result = work.apply(worker);
      give(id, worker);
      return result;
    } catch (RuntimeException | Error e) {
      // Whatever state it is in, the next one begins with a new one.
      worker.close();
      throw e;
    }
  }

  private static TrainingWorker take(String id, WorkerSource source) {
    synchronized (FREE) {
      if (!training.equals(id)) {
        close();
        training = id;
      }
      TrainingWorker free = FREE.poll();
      if (free != null) {
        return free;
      }
    }
    return source.open(TaskThreads.count());
  }

  private static void give(String id, TrainingWorker worker) {
    synchronized (FREE) {
      if (training.equals(id)) {
        FREE.push(worker);
      } else {
        worker.close();
      }
    }
  }

  /** Closes those of a training. */
  static void close(String id) {
    synchronized (FREE) {
      if (training.equals(id)) {
        close();
        training = "";
      }
    }
  }

  private static void close() {
    FREE.forEach(TrainingWorker::close);
    FREE.clear();
  }
}
