package dev.lora4j.text.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetrievalScoresTest {
  private static double[] numbers(String key) {
    try (TensorStore file =
        TensorStore.open(Path.of("src/test/resources/embedding-pairs.safetensors"))) {
      TensorInfo info = Objects.requireNonNull(file.tensors().get("retrieval/" + key), key);
      return HostTensor.of(info.dtype(), info.shape(), file.read("retrieval/" + key)).doubles();
    }
  }

  private static List<float[]> vectors(String key, int width) {
    double[] all = numbers(key);
    List<float[]> rows = new ArrayList<>();
    for (int from = 0; from < all.length; from += width) {
      float[] row = new float[width];
      for (int i = 0; i < width; i++) {
        row[i] = (float) all[from + i];
      }
      rows.add(row);
    }
    return rows;
  }

  /** {@code golden/embedding_pairs.py}. */
  @Test
  void scoresAreThoseOfSentenceTransformers() {
    List<float[]> queries = vectors("queries", 6);
    List<Set<Integer>> relevant = new ArrayList<>();
    queries.forEach(q -> relevant.add(new TreeSet<>()));
    double[] pairs = numbers("relevant");
    for (int i = 0; i < pairs.length; i += 2) {
      relevant.get((int) pairs[i]).add((int) pairs[i + 1]);
    }
    RetrievalScores found = RetrievalScores.of(queries, vectors("documents", 6), relevant);
    double[] expected = numbers("scores");
    assertEquals(30, found.queries());
    assertEquals(50, found.documents());
    List<Double> all =
        List.of(
            found.accuracyAt1(),
            found.accuracyAt10(),
            found.recallAt10(),
            found.mrrAt10(),
            found.ndcgAt10(),
            found.mapAt100());
    IntStream.range(0, all.size())
        .forEach(i -> assertEquals(expected[i], all.get(i), 1e-12, "score " + i));
  }
}
