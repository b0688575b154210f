package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.ClassifierHead;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelWriter;
import dev.lora4j.text.network.EncoderNetwork;
import dev.lora4j.text.network.LanguageNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Contract of {@link TextFamily}, its networks included, causal, sequence-to-sequence or encoders.
 * Give the configuration of a small model; its weights are random numbers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TextFamilyContract extends ExtensionContract<TextFamily> {
  private static final double CLOSE = 1e-4;
  private static final double EFFECT = 1e-3;
  private static final int LONG = 80;
  private static final int CLASSES = 3;
  private static final String FOREIGN =
      "{\"architectures\": [\"SomebodyElsesModel\"], \"model_type\": \"somebody_elses\"}";
  private static final List<Integer> ROW = List.of(2, 0, 3, 1, 2, 3, 0);
  private static final List<Integer> OTHER = List.of(1, 1, 0, 3, 3, 2, 1);

  private Optional<Engine> opened = Optional.empty();
  @TempDir private Path folder = Path.of("");

  /** Tests a family on the class path, see {@link ExtensionContract}. */
  protected TextFamilyContract(String name) {
    super(TextFamily.class, name);
  }

  /** The {@code config.json} of a small model of 4 tokens or more, with all optional fields. */
  protected abstract String config();

  @BeforeAll
  void open() {
    opened = Optional.of(Engine.open(EngineOptions.DEFAULT.threads(1)));
  }

  @AfterAll
  void close() {
    opened.orElseThrow().close();
  }

  private ConfiguredFamily<TextFamily> configured() {
    return new ConfiguredFamily<>(
        folder, config(), extension(), TextFamily::recognises, TextFamily::network);
  }

  private LanguageNetwork network() {
    return extension().network(configured().own());
  }

  private TextRun run() {
    return new TextRun(opened.orElseThrow(), network());
  }

  /** A new folder with weights of these parameters. */
  private Path written(List<Parameter> parameters, String... others) {
    try {
      Path into = Files.createTempDirectory(folder, "model");
      return new TextFolder(config(), extension()).write(into, parameters, List.of(others));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void configurationIsRecognisedByItsFamilyAlone() {
    configured().requireOwn(TextFamily.class, info().name(), FOREIGN);
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
    Set<String> weights = new TreeSet<>(parameters.stream().map(Parameter::name).toList());
    assertEquals(parameters.size(), weights.size(), "weights of one name");
    Map<String, String> shared = network().shared();
    assertTrue(weights.containsAll(shared.values()), "shared weights that there are not");
    Set<Site> sites = new HashSet<>(run().sites());
    Set<String> layers = new TreeSet<>();
    String begin = TextModel.MODEL + ".";
    for (Site site : sites) {
      assertTrue(site.name().startsWith(begin), site.name());
      String weight = site.name().substring(begin.length()) + ".weight";
      assertTrue(layers.add(weight), "different layers of one name: " + site.name());
      assertTrue(
          weights.contains(weight) || shared.containsKey(weight), weight + " is nobody's weight");
    }
    for (Parameter parameter : parameters) {
      boolean matrix = parameter.shape().rank() == 2;
      assertTrue(
          !matrix || layers.contains(parameter.name()),
          parameter.name() + " is of no layer that an adapter can change");
    }
  }

  @Test
  void writtenModelReadsBack() {
    try (Scope scope = opened.orElseThrow().scope("written")) {
      TextModel base = TextModel.load(scope, written(run().parameters()), DType.F32);
      Path again = folder.resolve("again");
      TextModelWriter.write(base, Map.of(), DType.F32, again);
      TextModel read = TextModel.load(scope, again, DType.F32);
      for (Parameter parameter : run().parameters()) {
        assertEquals(
            HostTensor.of(base.weights().tensor(parameter.name())),
            HostTensor.of(read.weights().tensor(parameter.name())),
            parameter.name());
      }
    }
  }

  @Test
  void unknownTensorIsRefusedByName() {
    try (Scope scope = opened.orElseThrow().scope("unknown")) {
      String name = "somebody_elses.weight";
      Path model = written(run().parameters(), name);
      ModelException told =
          assertThrows(
              ModelException.class, () -> TextModel.load(scope, model, DType.F32), "it is taken");
      assertTrue(String.valueOf(told.getMessage()).contains(name), told.getMessage());
    }
  }

  /** Requires that a weight that a checkpoint may lack does not change the output. */
  @Test
  void optionalWeightsDoNotChangeTheOutput() {
    List<Parameter> needed =
        run().parameters().stream().filter(p -> !network().optional(p.name())).toList();
    try (Scope scope = opened.orElseThrow().scope("optional")) {
      TextModel base = TextModel.load(scope, written(needed), DType.F32);
      assertEquals(needed.size() == run().parameters().size(), base.whole());
      TextRows rows = TextRows.of(List.of(ROW));
      assertClose(run().first(rows), run().first(rows, base.weights()), "without what is optional");
    }
  }

  @Test
  void outputsHaveTheDeclaredWidths() {
    for (DType compute : List.of(DType.F32, DType.BF16)) {
      List<HostTensor> made = run().of(TextRows.of(List.of(ROW, OTHER)), compute);
      List<Shape> expected = new ArrayList<>();
      if (network() instanceof EncoderNetwork encoder) {
        expected.add(Shape.of(2, ROW.size(), encoder.width()));
        if (encoder.pooler()) {
          expected.add(Shape.of(2, encoder.width()));
        }
        if (!encoder.labels().isEmpty()) {
          expected.add(Shape.of(2, encoder.labels().size()));
        }
      } else {
        expected.add(Shape.of(2, ROW.size(), network().vocabulary()));
      }
      assertEquals(expected, made.stream().map(HostTensor::shape).toList(), "in " + compute);
      made.forEach(one -> assertTrue(one.finite(), "not finite in " + compute));
    }
  }

  @Test
  void longestTextAndLastTokenAreTaken() {
    int longest = Math.min(LONG, network().longest());
    List<Integer> row =
        IntStream.range(0, longest).mapToObj(i -> network().vocabulary() - 1).toList();
    assertTrue(run().first(TextRows.of(List.of(row))).finite());
  }

  @Test
  void eachTextIsSeenByItself() {
    HostTensor alone = run().first(TextRows.of(List.of(ROW)));
    HostTensor both = run().first(TextRows.of(List.of(ROW, OTHER)));
    assertClose(alone, TextRows.first(both, 1, ROW.size()), "beside another text");
  }

  @Test
  void paddingIsNotSeen() {
    TextRows rows = TextRows.of(List.of(ROW));
    HostTensor padded = run().first(rows.padded(4));
    assertClose(run().first(rows), TextRows.first(padded, 1, ROW.size()), "with padding");
  }

  /** One after the other, or of an encoder in another order. */
  @Test
  void tokenPlacesFollowTheirPositions() {
    assertClose(
        run().first(TextRows.of(List.of(ROW))),
        new TextPieces(run()).of(ROW),
        "not handed over at once");
  }

  @Test
  void mergedEqualsUnmerged() {
    List<Site> linear =
        run().sites().stream().filter(s -> s.kind() == Site.Kind.LINEAR).distinct().toList();
    assertFalse(linear.isEmpty(), "there is no linear layer");
    Adapter adapter = new SyntheticAdapters(3).plain().next("made up", linear, 2, 0.3);
    TextRows rows = TextRows.of(List.of(ROW, OTHER));
    HostTensor plain = run().with(MixPlan.NONE, rows);
    HostTensor beside = run().with(MixPlan.of(adapter, 1).route(Route.UNMERGED), rows);
    HostTensor inside = run().with(MixPlan.of(adapter, 1).route(Route.MERGED), rows);
    assertClose(inside, beside, "an adapter beside the weights");
    assertTrue(MethodEffect.distance(plain, beside) > EFFECT, "an adapter makes no difference");
  }

  @Test
  void classHeadHasRequestedWidthOrIsRefused() {
    Path model = written(run().parameters());
    try (Scope scope = opened.orElseThrow().scope("head")) {
      TextModel loaded = TextModel.load(scope, model, DType.F32, new ClassifierHead(CLASSES, 1));
      EncoderNetwork encoder = assertInstanceOf(EncoderNetwork.class, loaded.network());
      assertEquals(CLASSES, encoder.labels().size());
      for (String weight : loaded.started()) {
        assertTrue(encoder.ofHead(weight), weight + " is not of the head");
      }
      List<HostTensor> made =
          new TextRun(opened.orElseThrow(), encoder)
              .of(TextRows.of(List.of(ROW, OTHER)), DType.F32, loaded.weights());
      assertEquals(Shape.of(2, CLASSES), made.get(made.size() - 1).shape());
    } catch (ModelException e) {
      String told = String.valueOf(e.getMessage());
      assertTrue(told.contains(model.resolve("config.json").toString()), told);
      assertFalse(network() instanceof EncoderNetwork own && !own.labels().isEmpty(), told);
    }
  }

  private static void assertClose(HostTensor expected, HostTensor made, String message) {
    double distance = MethodEffect.distance(expected, made);
    assertTrue(distance < CLOSE, message + " it is " + distance + " away");
  }
}
