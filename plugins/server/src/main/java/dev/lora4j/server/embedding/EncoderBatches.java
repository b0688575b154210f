package dev.lora4j.server.embedding;

import dev.lora4j.server.metrics.ServerMetrics;
import dev.lora4j.server.work.BatchMaker;
import dev.lora4j.server.work.Job;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.pipeline.SentenceEncoder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Batches of texts that are encoded, those of several requests together, each with its own
 * adapters.
 *
 * @param name of the base, for metrics
 */
record EncoderBatches(String name, SentenceEncoder encoder, ServerMetrics metrics)
    implements BatchMaker<AskedVectors, List<float[]>> {
  @Override
  public boolean together(List<AskedVectors> batch, AskedVectors other) {
    int texts = batch.stream().mapToInt(asked -> asked.texts().size()).sum();
    return texts + other.texts().size() <= encoder.rows();
  }

  @Override
  public List<List<float[]>> make(List<AskedVectors> batch, BooleanSupplier abandoned) {
    List<EncoderText> texts = batch.stream().flatMap(asked -> asked.texts().stream()).toList();
    return divided(
        batch,
        encoder.encode(
            texts,
            done -> {
              if (done < texts.size() && abandoned.getAsBoolean()) {
                throw new CancellationException("nobody waits for the embeddings");
              }
            }));
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
