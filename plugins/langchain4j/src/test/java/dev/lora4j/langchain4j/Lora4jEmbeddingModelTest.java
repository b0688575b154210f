package dev.lora4j.langchain4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.UnsupportedFeatureException;
import dev.langchain4j.model.embedding.request.EmbeddingRequest;
import dev.langchain4j.model.output.Response;
import dev.lora4j.core.mix.MixPlan;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Embeddings of a small encoder of random numbers. */
@Timeout(60)
class Lora4jEmbeddingModelTest {
  private static final Path MODEL = Path.of("../../lora-text/src/test/resources/models/bert-plain");
  private static final float CLOSE = 1e-5f;

  @TempDir private static Path folder;
  private static Lora4jEmbeddingModel embeddings;

  @BeforeAll
  static void open() throws IOException {
    Path model = Files.createDirectories(folder.resolve("bert"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(MODEL.resolve(file), model.resolve(file));
    }
    Files.writeString(
        model.resolve("tokenizer.json"),
        """
        {"version":"1.0","added_tokens":[],"pre_tokenizer":{"type":"WhitespaceSplit"},
         "model":{"type":"WordLevel","unk_token":"u","vocab":{"u":0,"a":1,"red":2,"fox":3}}}
        """);
    embeddings = Lora4jEmbeddingModel.builder().base(model).build();
  }

  @AfterAll
  static void close() {
    embeddings.close();
  }

  private static float[] own(String text, MixPlan mix) {
    return embeddings.encoder().model().embeddings(List.of(text), List.of(mix)).get(0);
  }

  @Test
  void vectorsAreThoseOfTheLibrary() {
    Response<List<Embedding>> all =
        embeddings.embedAll(List.of(TextSegment.from("a red fox"), TextSegment.from("fox")));
    assertArrayEquals(own("a red fox", MixPlan.NONE), all.content().get(0).vector(), CLOSE);
    assertArrayEquals(own("fox", MixPlan.NONE), all.content().get(1).vector(), CLOSE);
    assertEquals(4, all.tokenUsage().inputTokenCount());
    Embedding one = embeddings.embed("a red fox").content();
    assertArrayEquals(own("a red fox", MixPlan.NONE), one.vector(), CLOSE);
    assertEquals(embeddings.dimension(), one.dimension());
    assertEquals("bert", embeddings.modelName());
  }

  @Test
  void adaptersChangeVectors() {
    Path adapter =
        SmallAdapter.write(folder.resolve("small"), embeddings.encoder().model().base().family());
    try (Lora4jEmbeddingModel adapted =
        Lora4jEmbeddingModel.builder()
            .encoder(embeddings.encoder())
            .adapter(adapter, 0.5)
            .build()) {
      float[] vector = adapted.embed("a red fox").content().vector();
      MixPlan mix = MixPlan.of(embeddings.encoder().adapter(adapter), 0.5);
      assertArrayEquals(own("a red fox", mix), vector, CLOSE);
      assertFalse(Arrays.equals(own("a red fox", MixPlan.NONE), vector));
    }
  }

  @Test
  void whatCannotBeDoneIsNamed() {
    String empty =
        String.valueOf(
            assertThrows(InvalidRequestException.class, () -> embeddings.embed("fox ".repeat(1000)))
                .getMessage());
    assertTrue(empty.contains("1000 tokens"), empty);
    EmbeddingRequest shorter = EmbeddingRequest.builder().input("fox").dimensions(3).build();
    String dimensions =
        String.valueOf(
            assertThrows(UnsupportedFeatureException.class, () -> embeddings.embed(shorter))
                .getMessage());
    assertTrue(dimensions.contains("dimensions"), dimensions);
    EmbeddingRequest other = EmbeddingRequest.builder().input("fox").modelName("ada").build();
    assertThrows(ModelNotFoundException.class, () -> embeddings.embed(other));
    EmbeddingRequest same = EmbeddingRequest.builder().input("fox").modelName("bert").build();
    assertEquals("bert", embeddings.embed(same).modelName());
  }
}
