package dev.lora4j.server.embedding;

import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.work.BatchMaker;
import dev.lora4j.server.work.Job;
import dev.lora4j.text.encode.EncoderText;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Batches of texts that are encoded, those of several requests together, each with its own
 * adapters.
 *
 * @param name of the base, for metrics
 * @param encoding makes vectors of texts
 * @param rows how many texts are encoded at once at most
 */
record EncoderBatches(
    String name,
    Function<List<EncoderText>, List<float[]>> encoding,
    int rows,
    ServerMetrics metrics)
    implements BatchMaker<AskedVectors, List<float[]>> {
  @Override
  public boolean together(List<AskedVectors> batch, AskedVectors other) {
    int texts = batch.stream().mapToInt(asked -> asked.texts().size()).sum();
    return texts + other.texts().size() <= rows;
  }

  /** Texts of like lengths go together, so that little is padded. */
  @Override
  public List<List<float[]>> make(List<AskedVectors> batch, BooleanSupplier abandoned) {
    List<EncoderText> texts = batch.stream().flatMap(asked -> asked.texts().stream()).toList();
    List<Integer> order =
        IntStream.range(0, texts.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> -texts.get(i).ids().length))
            .toList();
    List<float[]> found = new ArrayList<>(Collections.nCopies(texts.size(), new float[0]));
    for (int from = 0; from < order.size(); from += rows) {
      if (abandoned.getAsBoolean()) {
        throw new CancellationException("nobody waits for the embeddings");
      }
      List<Integer> some = order.subList(from, Math.min(order.size(), from + rows));
      List<float[]> made = encoding.apply(some.stream().map(texts::get).toList());
      for (int row = 0; row < made.size(); row++) {
        found.set(some.get(row), made.get(row));
      }
    }
    return divided(batch, found);
  }

  private static List<List<float[]>> divided(List<AskedVectors> batch, List<float[]> found) {
    List<List<float[]>> all = new ArrayList<>();
    int from = 0;
    for (AskedVectors asked : batch) {
      int to = from + asked.texts().size();
      all.add(List.copyOf(found.subList(from, to)));
      from = to;
    }
    return all;
  }

  @Override
  public void ended(Job<AskedVectors, List<float[]>> job, boolean done) {
    int tokens = done ? AskedVectors.tokens(job.request().texts()) : 0;
    metrics.text(name, done ? "stop" : "abort", tokens, 0, job.seconds());
  }
}
