package dev.lora4j.text.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.text.pipeline.SmallModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextModelWriterTest {
  @TempDir private Path temporary;

  private List<String> names() throws IOException {
    try (Stream<Path> all = Files.list(temporary)) {
      return all.map(p -> String.valueOf(p.getFileName())).sorted().toList();
    }
  }

  /** A weight that is gone stops the writing in the middle of the file. */
  @Test
  void folderIsThereWholeOrNotAtAll() throws IOException {
    Path model = SmallModel.write(temporary.resolve("model"));
    Path out = temporary.resolve("out");
    try (Engine engine = Engine.open(EngineOptions.DEFAULT.threads(1))) {
      Scope scope = engine.scope("model");
      TextModel base = TextModel.load(scope, model, DType.F32);
      Scope gone = engine.scope("gone");
      Tensor closed = Tensor.of(gone, Shape.of(32), new float[32]);
      gone.close();
      assertThrows(
          TensorException.class,
          () -> TextModelWriter.write(base, Map.of("model.norm.weight", closed), DType.F32, out));
      assertEquals(List.of("model"), names());
      TextModelWriter.write(base, Map.of(), DType.F32, out);
      assertEquals(List.of("model", "out"), names());
      assertTrue(Files.size(out.resolve("model.safetensors")) > 0);
    }
  }
}
