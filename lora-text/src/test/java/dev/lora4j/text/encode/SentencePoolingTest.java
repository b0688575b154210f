package dev.lora4j.text.encode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SentencePoolingTest {
  @TempDir private Path folder;

  private void write(String pooling, String more) throws IOException {
    Files.writeString(
        folder.resolve("modules.json"),
        ("[{'path':'','type':'sentence_transformers.models.Transformer'},"
                + "{'path':'1_Pooling','type':'sentence_transformers.models.Pooling'}%s]")
            .formatted(more)
            .replace('\'', '"'));
    Files.createDirectories(folder.resolve("1_Pooling"));
    Files.writeString(folder.resolve("1_Pooling/config.json"), pooling.replace('\'', '"'));
  }

  @Test
  void folderWithoutModulesHasPlainMeans() {
    assertEquals(
        new SentencePooling(EncoderOutput.MEAN, false, 512, false),
        SentencePooling.of(folder, 512));
  }

  @Test
  void modulesSayPoolingAndLength() throws IOException {
    write("{'pooling_mode_cls_token':true,'pooling_mode_mean_tokens':false}", "");
    Files.writeString(folder.resolve("sentence_bert_config.json"), "{\"max_seq_length\":128}");
    assertEquals(
        new SentencePooling(EncoderOutput.FIRST, false, 128, false),
        SentencePooling.of(folder, 512));
  }

  @Test
  void normedVectorsHaveLengthOne() throws IOException {
    write("{'pooling_mode_mean_tokens':true}", ",{'path':'2','type':'x.Normalize'}");
    SentencePooling pooling = SentencePooling.of(folder, 512);
    assertArrayEquals(new float[] {0.6f, -0.8f}, pooling.embedding(new float[] {3, -4}), 1e-6f);
    assertArrayEquals(new float[] {0, 0}, pooling.embedding(new float[] {0, 0}));
  }

  @Test
  void unknownStepsAreRefused() throws IOException {
    write("{'pooling_mode_mean_tokens':true}", ",{'path':'2','type':'x.Dense'}");
    ModelException dense =
        assertThrows(ModelException.class, () -> SentencePooling.of(folder, 512));
    assertTrue(String.valueOf(dense.getMessage()).contains("x.Dense"), dense.getMessage());
    write("{'pooling_mode_max_tokens':true}", "");
    ModelException greatest =
        assertThrows(ModelException.class, () -> SentencePooling.of(folder, 512));
    assertTrue(String.valueOf(greatest.getMessage()).contains("max_tokens"), greatest.getMessage());
  }

  /** As sentence-transformers 6 writes it. */
  @Test
  void modeByNameIsRead() throws IOException {
    write("{'embedding_dimension':32,'pooling_mode':'cls','include_prompt':true}", "");
    Files.writeString(
        folder.resolve("sentence_bert_config.json"),
        """
        {"transformer_task": "feature-extraction", "modality_config": {"text": {"method": "forward"}},
         "module_output_name": "token_embeddings", "processing_kwargs": {}, "unpad_inputs": null}
        """);
    assertEquals(
        new SentencePooling(EncoderOutput.FIRST, false, 512, false),
        SentencePooling.of(folder, 512));
    write("{'pooling_mode':['mean']}", "");
    assertEquals(EncoderOutput.MEAN, SentencePooling.of(folder, 512).output());
  }

  @Test
  void textsAreReadInLowerCase() throws IOException {
    write("{'pooling_mode':'mean'}", "");
    Files.writeString(folder.resolve("sentence_bert_config.json"), "{\"do_lower_case\": true}");
    SentencePooling pooling = SentencePooling.of(folder, 512);
    assertEquals("a fox, öl, σ", pooling.read("A Fox, ÖL, Σ"));
    assertEquals("A Fox", SentencePooling.of(folder.resolve("none"), 512).read("A Fox"));
  }

  @Test
  void whatWouldChangeVectorsIsRefused() throws IOException {
    for (String pooling :
        List.of(
            "{'pooling_mode':'max'}",
            "{'pooling_mode':['mean','cls']}",
            "{'pooling_mode':[{}]}",
            "{'pooling_mode':'mean','include_prompt':false}",
            "{}")) {
      write(pooling, "");
      ModelException refused =
          assertThrows(ModelException.class, () -> SentencePooling.of(folder, 512), pooling);
      assertTrue(String.valueOf(refused.getMessage()).contains("config.json"), pooling);
    }
    write("{'pooling_mode':'mean'}", "");
    for (String settings :
        List.of("{\"query_length\": 32}", "{\"transformer_task\": \"fill-mask\"}")) {
      Files.writeString(folder.resolve("sentence_bert_config.json"), settings);
      ModelException refused =
          assertThrows(ModelException.class, () -> SentencePooling.of(folder, 512), settings);
      String key = settings.substring(2, settings.indexOf('"', 2));
      assertTrue(String.valueOf(refused.getMessage()).contains("'" + key + "'"), settings);
    }
  }
}
