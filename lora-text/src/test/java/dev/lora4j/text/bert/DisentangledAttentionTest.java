package dev.lora4j.text.bert;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.bert.DebertaConfig.Distances;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers of distances against transformers ({@code golden/encoder_models.py}). */
class DisentangledAttentionTest {
  private static final Path GOLDEN = Path.of("src/test/resources/deberta-buckets.safetensors");

  /** The first are those of the third version of DeBERTa. */
  @ParameterizedTest
  @CsvSource({"256, 512", "32, 128", "5, 20"})
  void distancesShareNumbersAsInTransformers(int buckets, int furthest) {
    long[] apart = LongStream.rangeClosed(-700, 700).toArray();
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(1));
        Scope scope = engine.scope("distances");
        Safetensors golden = Safetensors.open(GOLDEN)) {
      Graph graph = new Graph();
      Expr made =
          DisentangledAttention.bucket(
              new Distances(buckets, furthest, true, true, true),
              graph.input("apart", DType.I64, Shape.of(apart.length)));
      Tensor given = Tensor.ofLongs(scope, Shape.of(apart.length), apart);
      String name = buckets + "/" + furthest;
      TensorInfo info = Objects.requireNonNull(golden.tensors().get(name));
      assertArrayEquals(
          HostTensor.of(info.dtype(), info.shape(), golden.read(name)).doubles(),
          HostTensor.of(graph.inference(scope, List.of(made)).run(scope, List.of(given)).get(0))
              .doubles());
    }
  }
}
