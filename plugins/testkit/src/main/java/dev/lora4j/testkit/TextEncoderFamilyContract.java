package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.model.text.TextEncoderFamily;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Contract of {@link TextEncoderFamily}, its networks and tokenisers included. Give the
 * configuration and the tokeniser of a small encoder; its weights are random numbers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TextEncoderFamilyContract extends ExtensionContract<TextEncoderFamily> {
  private static final double CLOSE = 1e-5;
  private static final int MANY_LAYERS = 1000;
  private static final List<String> TEXTS =
      List.of(
          "",
          "a fox",
          "a fox, drawn in ink",
          "fox ".repeat(200),
          "\u00e4 \ud83e\udd8a \ud83e <x>\n");
  private static final String FOREIGN =
      "{\"architectures\": [\"SomebodyElsesModel\"], \"model_type\": \"somebody_elses\"}";

  private Optional<Engine> opened = Optional.empty();
  @TempDir private Path folder = Path.of("");

  /** Tests a kind of text encoder on the class path, see {@link ExtensionContract}. */
  protected TextEncoderFamilyContract(String name) {
    super(TextEncoderFamily.class, name);
  }

  /** The {@code config.json} of a small encoder, with all optional fields. */
  protected abstract String config();

  /** Writes the files of its tokeniser into an empty folder. */
  protected abstract void writeTokenizer(Path into) throws IOException;

  @BeforeAll
  void open() {
    opened = Optional.of(Engine.open(EngineOptions.DEFAULT.threads(1)));
  }

  @AfterAll
  void close() {
    opened.orElseThrow().close();
  }

  @BeforeEach
  void writeOnce() throws IOException {
    if (!Files.exists(folder.resolve("tokenizer"))) {
      writeTokenizer(Files.createDirectory(folder.resolve("tokenizer")));
    }
  }

  private ConfiguredFamily<TextEncoderFamily> configured() {
    return new ConfiguredFamily<>(
        folder, config(), extension(), TextEncoderFamily::recognises, TextEncoderFamily::network);
  }

  private TextEncoderNetwork network() {
    return extension().network(configured().own());
  }

  private PromptTokenizer tokenizer() {
    return network().tokenizer(folder.resolve("tokenizer"));
  }

  private EncoderRun run() {
    return new EncoderRun(opened.orElseThrow(), network());
  }

  @Test
  void configurationIsRecognisedByItsFamilyAlone() {
    configured().requireOwn(TextEncoderFamily.class, info().name(), FOREIGN);
  }

  @Test
  void incompleteConfigurationIsTakenOrRefusedByName() {
    configured().requireCutsTakenOrRefused();
  }

  @Test
  void theSameConfigurationIsTheSameNetwork() {
    configured().requireValues();
  }

  @Test
  void layersAreKnownByName() {
    List<Parameter> parameters = run().parameters();
    Set<String> names = new TreeSet<>(parameters.stream().map(Parameter::name).toList());
    assertEquals(parameters.size(), names.size(), "weights of one name");
    for (String name : names) {
      assertTrue(network().names(name).contains(name), name + " is not looked for");
    }
    Set<Site> sites = new HashSet<>(run().sites());
    assertFalse(sites.isEmpty(), "there is no layer that an adapter can change");
    Set<String> layers = new TreeSet<>(sites.stream().map(Site::name).toList());
    assertEquals(sites.size(), layers.size(), "different layers of one name");
  }

  /** The tokens of a text and where it ends. */
  @SuppressWarnings("ArrayRecordComponent") // handed on, and never compared
  private record Framed(int[] ids, int end) {
    static Framed of(PromptTokenizer tokenizer, String text) {
      int[] pieces = tokenizer.pieces(text);
      int[] ids =
          tokenizer.framed(Arrays.copyOf(pieces, Math.min(pieces.length, tokenizer.room())));
      return new Framed(ids, tokenizer.end(ids));
    }
  }

  private List<HostTensor> encoded(List<Framed> texts, DType compute) {
    List<int[]> ids = texts.stream().map(Framed::ids).toList();
    return run().of(ids, texts.stream().map(Framed::end).toList(), List.of(), compute);
  }

  @Test
  void everyTextBecomesTokensThatTheEncoderTakes() {
    try (PromptTokenizer tokenizer = tokenizer()) {
      assertTrue(tokenizer.maxLength() <= network().places(), "more tokens than places");
      assertTrue(tokenizer.room() > 0, "no room for a prompt");
      assertTrue(tokenizer.before() + tokenizer.room() <= tokenizer.maxLength(), "too much room");
      List<Framed> all = new ArrayList<>();
      for (String text : TEXTS) {
        int[] pieces = tokenizer.pieces(text);
        int[] kept = Arrays.copyOf(pieces, Math.min(pieces.length, tokenizer.room()));
        int[] framed = tokenizer.framed(kept);
        assertEquals(tokenizer.maxLength(), framed.length, "tokens of " + text);
        int from = tokenizer.before();
        assertArrayEquals(
            kept, Arrays.copyOfRange(framed, from, from + kept.length), "in place: " + text);
        int end = tokenizer.end(framed);
        assertTrue(end >= 0 && end < framed.length, "it ends at " + end + ": " + text);
        all.add(new Framed(framed, end));
      }
      assertEquals(all.size(), encoded(all, DType.F32).get(0).shape().size(0));
    }
  }

  @Test
  void aTextIsCutAlikeByAll() throws Exception {
    try (PromptTokenizer tokenizer = tokenizer()) {
      ManyThreads.agree(
          () ->
              TEXTS.stream()
                  .map(text -> Arrays.stream(tokenizer.pieces(text)).boxed().toList())
                  .toList());
    }
  }

  @Test
  void outputsHaveTheDeclaredWidths() {
    try (PromptTokenizer tokenizer = tokenizer()) {
      List<Framed> two = List.of(Framed.of(tokenizer, TEXTS.get(1)), Framed.of(tokenizer, ""));
      for (DType compute : List.of(DType.F32, DType.BF16)) {
        List<Shape> shapes = encoded(two, compute).stream().map(HostTensor::shape).toList();
        List<Shape> expected = new ArrayList<>();
        expected.add(Shape.of(2, tokenizer.maxLength(), network().width()));
        if (network().pooledWidth() > 0) {
          expected.add(Shape.of(2, network().pooledWidth()));
        }
        assertEquals(expected, shapes, "in " + compute);
      }
    }
  }

  @Test
  void aViewThatLeavesNoLayerIsRefused() {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> run().skipping(MANY_LAYERS));
    assertFalse(String.valueOf(refusal.getMessage()).isBlank(), "refused without a reason");
  }

  @Test
  void eachTextIsSeenByItself() {
    try (PromptTokenizer tokenizer = tokenizer()) {
      Framed fox = Framed.of(tokenizer, TEXTS.get(1));
      Framed other = Framed.of(tokenizer, TEXTS.get(2));
      HostTensor alone = encoded(List.of(fox), DType.F32).get(0);
      HostTensor both = encoded(List.of(fox, other), DType.F32).get(0);
      double[] first = Arrays.copyOf(both.doubles(), alone.doubles().length);
      HostTensor row = HostTensor.of(DType.F32, alone.shape(), first);
      double distance = MethodEffect.distance(alone, row);
      assertTrue(distance < CLOSE, "beside another text it is " + distance + " away");
    }
  }

  @Test
  void aVectorStandsInForAToken() {
    try (PromptTokenizer tokenizer = tokenizer()) {
      Framed text = Framed.of(tokenizer, TEXTS.get(1));
      Framed held = new Framed(text.ids().clone(), text.end());
      int place = tokenizer.before();
      held.ids()[place] = tokenizer.placeholder();
      HostTensor values =
          SyntheticLayer.numbers(Shape.of(network().width()), new SplittableRandom(1));
      HostTensor one = replaced(text, place, values);
      HostTensor two = replaced(held, place, values);
      assertEquals(one, two, "the token behind the vector counts");
      assertNotEquals(
          encoded(List.of(text), DType.F32).get(0), one, "the vector makes no difference");
    }
  }

  private HostTensor replaced(Framed text, int place, HostTensor values) {
    List<EncoderRun.Vector> vectors = List.of(new EncoderRun.Vector(place, values));
    return run().of(List.of(text.ids()), List.of(text.end()), vectors, DType.F32).get(0);
  }
}
