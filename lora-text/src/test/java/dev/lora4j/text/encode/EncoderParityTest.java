package dev.lora4j.text.encode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.model.ClassifierHead;
import dev.lora4j.text.network.EncoderNetwork;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiny encoders of each kind against transformers, in a batch of three lengths. */
class EncoderParityTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert",
        "bert-plain",
        "bert-words",
        "roberta",
        "distilbert",
        "electra",
        "modernbert",
        "modernbert-biased",
        "albert",
        "albert-groups",
        "deberta",
        "deberta-convolved",
        "deberta-plain"
      })
  void vectorsAreThoseOfTransformers(String name) {
    try (Scope scope = ENGINE.scope("encoder")) {
      GoldenEncoder model = new GoldenEncoder(scope, name);
      List<float[]> tokens = model.encoding().of(EncoderOutput.TOKENS, model.texts());
      double[] expected = model.reference("hidden");
      close(GoldenEncoder.error(tokens, expected));
      int width = 32;
      int longest = expected.length / 3;
      assertEquals(5 * width, tokens.get(0).length);
      assertEquals(longest, tokens.get(1).length);
      double[] mean = new double[3 * width];
      double[] first = new double[3 * width];
      for (int row = 0; row < 3; row++) {
        int count = model.texts().get(row).ids().length;
        for (int i = 0; i < count * width; i++) {
          mean[row * width + i % width] += expected[row * longest + i] / count;
        }
        System.arraycopy(expected, row * longest, first, row * width, width);
      }
      close(GoldenEncoder.error(model.encoding().of(EncoderOutput.MEAN, model.texts()), mean));
      close(GoldenEncoder.error(model.encoding().of(EncoderOutput.FIRST, model.texts()), first));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert",
        "roberta",
        "distilbert",
        "electra",
        "modernbert",
        "modernbert-biased",
        "albert",
        "deberta",
        "deberta-plain"
      })
  void logitsOfClassesAreThoseOfTransformers(String name) {
    try (Scope scope = ENGINE.scope("encoder")) {
      GoldenEncoder model = new GoldenEncoder(scope, name);
      List<float[]> logits = model.encoding().of(EncoderOutput.LABELS, model.texts());
      close(GoldenEncoder.error(logits, model.reference("logits")));
      EncoderNetwork network = (EncoderNetwork) model.base().network();
      List<String> labels =
          name.equals("distilbert")
              ? List.of("LABEL_0", "LABEL_1")
              : List.of("good", "bad", "neither");
      assertEquals(labels, network.labels());
      assertEquals(List.of(), model.base().notes());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"bert-plain", "albert-groups"})
  void pooledTextIsThatOfTransformers(String name) {
    try (Scope scope = ENGINE.scope("encoder")) {
      GoldenEncoder model = new GoldenEncoder(scope, name);
      List<float[]> pooled = model.encoding().of(EncoderOutput.POOLED, model.texts());
      close(GoldenEncoder.error(pooled, model.reference("pooled")));
    }
  }

  @Test
  void missingPoolerOrHeadIsRefusedBeforeRunning() {
    try (Scope scope = ENGINE.scope("encoder")) {
      GoldenEncoder words = new GoldenEncoder(scope, "bert-words");
      assertFalse(words.base().sites().find("lm.pooler.dense").isPresent());
      refused(words, EncoderOutput.POOLED, "has no pooler");
      refused(words, EncoderOutput.LABELS, "without a head");
      for (String name : List.of("distilbert", "electra", "modernbert", "deberta")) {
        refused(new GoldenEncoder(scope, name), EncoderOutput.POOLED, "has no pooler");
      }
    }
  }

  @Test
  void textsThatDoNotFitAreRefused() {
    try (Scope scope = ENGINE.scope("encoder")) {
      TextEncoding roberta = new GoldenEncoder(scope, "roberta").encoding();
      List<EncoderText> longest = List.of(EncoderText.of(new int[22]));
      assertEquals(1, roberta.of(EncoderOutput.FIRST, longest).size());
      List<EncoderText> longer = List.of(EncoderText.of(new int[23]));
      assertTrue(
          assertThrows(ModelException.class, () -> roberta.of(EncoderOutput.FIRST, longer))
              .getMessage()
              .contains("22 tokens at most, not of 23"));
      List<EncoderText> unknown = List.of(EncoderText.of(3, 80));
      assertTrue(
          assertThrows(ModelException.class, () -> roberta.of(EncoderOutput.FIRST, unknown))
              .getMessage()
              .contains("0 to 79, not 80"));
    }
  }

  /** As for classes that nobody trained the model for. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bert",
        "bert-plain",
        "bert-words",
        "roberta",
        "distilbert",
        "electra",
        "modernbert",
        "modernbert-biased",
        "albert",
        "albert-groups",
        "deberta",
        "deberta-convolved",
        "deberta-plain"
      })
  void newHeadStartsFromItsSeed(String name) {
    try (Scope scope = ENGINE.scope("encoder")) {
      List<float[]> some = classes(scope, name, new ClassifierHead(5, 1));
      List<float[]> same = classes(scope, name, new ClassifierHead(5, 1));
      List<float[]> other = classes(scope, name, new ClassifierHead(5, 2));
      assertEquals(5, some.get(0).length);
      assertArrayEquals(some.get(1), same.get(1));
      assertTrue(Math.abs(some.get(1)[0] - other.get(1)[0]) > 1e-4);
      GoldenEncoder model = new GoldenEncoder(scope, name, new ClassifierHead(5, 1));
      assertTrue(model.base().notes().toString().contains("classifier"), "" + model.base().notes());
      close(
          GoldenEncoder.error(
              model.encoding().of(EncoderOutput.TOKENS, model.texts()), model.reference("hidden")));
    }
  }

  @Test
  void existingHeadServesItsNumberOfClasses() {
    try (Scope scope = ENGINE.scope("encoder")) {
      GoldenEncoder model = new GoldenEncoder(scope, "roberta", new ClassifierHead(3, 1));
      List<float[]> logits = model.encoding().of(EncoderOutput.LABELS, model.texts());
      close(GoldenEncoder.error(logits, model.reference("logits")));
    }
  }

  private static List<float[]> classes(Scope scope, String name, ClassifierHead head) {
    GoldenEncoder model = new GoldenEncoder(scope, name, head);
    return model.encoding().of(EncoderOutput.LABELS, model.texts());
  }

  private static void refused(GoldenEncoder model, EncoderOutput output, String why) {
    String message =
        assertThrows(ModelException.class, () -> model.encoding().of(output, model.texts()))
            .getMessage();
    assertTrue(message.contains(why), message);
  }

  private static void close(double error) {
    assertTrue(error <= 1e-5, "off by " + error + " of its scale");
  }
}
