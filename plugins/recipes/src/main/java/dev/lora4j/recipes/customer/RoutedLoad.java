package dev.lora4j.recipes.customer;

import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.text.pipeline.RoutedClassifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Times of an encoder whose adapters change from request to request, in milliseconds. */
final class RoutedLoad {
  private static final int PAIRS = 60;
  private static final double MILLION = 1e6;

  private final RoutedClassifier model;
  private final List<String> texts;

  RoutedLoad(RoutedClassifier model, List<String> texts) {
    this.model = model;
    this.texts = texts;
  }

  /**
   * Medians of requests of one thread.
   *
   * @param same of a request by the adapter of the request before it
   * @param switched of a request by another one
   */
  record Switch(double same, double switched) {}

  /** Alternates requests by the same and by another adapter, on the same texts. */
  Switch switches() {
    List<String> names = model.names();
    double[] same = new double[PAIRS];
    double[] switched = new double[PAIRS];
    for (int i = -names.size(); i < PAIRS; i++) {
      String text = texts.get(Math.floorMod(i, texts.size()));
      String name = names.get(Math.floorMod(i, names.size()));
      String other = names.get(Math.floorMod(i + 1, names.size()));
      model.classify(name, text);
      double again = timed(name, text);
      double changed = timed(other, text);
      if (i >= 0) {
        same[i] = again;
        switched[i] = changed;
      }
    }
    return new Switch(quantile(same, 0.5), quantile(switched, 0.5));
  }

  /** Median until an adapter that was removed is read from its file and has answered. */
  double loaded(Map<String, Path> files) {
    double[] all = new double[PAIRS / 3];
    List<String> names = model.names();
    for (int i = 0; i < all.length; i++) {
      String name = names.get(i % names.size());
      model.remove(name);
      long began = System.nanoTime();
      model.add(name, files.getOrDefault(name, Path.of("")));
      model.classify(name, texts.get(i % texts.size()));
      all[i] = (System.nanoTime() - began) / MILLION;
    }
    return quantile(all, 0.5);
  }

  private double timed(String name, String text) {
    long began = System.nanoTime();
    model.classify(name, text);
    return (System.nanoTime() - began) / MILLION;
  }

  /**
   * Requests of many tasks at once.
   *
   * @param median until a request was answered
   * @param slow the same of the slowest twentieth
   * @param perSecond requests answered in a second
   */
  record Tasks(double median, double slow, double perSecond) {}

  /**
   * Runs so many tasks at once, each with so many requests one after the other.
   *
   * @param adapters how many of them the tasks ask for, by chance
   */
  Tasks tasks(int tasks, int requests, int adapters) {
    ExecutorService threads = Executors.newFixedThreadPool(tasks);
    try {
      List<Callable<double[]>> all = new ArrayList<>();
      for (int task = 0; task < tasks; task++) {
        SeededNoise noise = SeededNoise.of(task);
        all.add(
            () -> {
              double[] times = new double[requests];
              for (int i = 0; i < requests; i++) {
                String name = model.names().get(noise.index(adapters));
                times[i] = timed(name, texts.get(noise.index(texts.size())));
              }
              return times;
            });
      }
      long began = System.nanoTime();
      List<Future<double[]>> done = threads.invokeAll(all);
      List<double[]> times = new ArrayList<>();
      for (Future<double[]> each : done) {
        times.add(each.get());
      }
      double seconds = (System.nanoTime() - began) / 1e9;
      double[] flat = times.stream().flatMapToDouble(Arrays::stream).toArray();
      return new Tasks(quantile(flat, 0.5), quantile(flat, 0.95), flat.length / seconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("the requests were interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException("a request failed: " + e.getCause(), e);
    } finally {
      threads.shutdownNow();
    }
  }

  private static double quantile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }
}
