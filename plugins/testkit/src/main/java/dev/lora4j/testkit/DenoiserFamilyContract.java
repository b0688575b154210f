package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.denoiser.DenoiserFamily;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Contract of {@link DenoiserFamily}, its networks included. Give the configuration of a small
 * denoiser; its weights are random numbers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class DenoiserFamilyContract extends ExtensionContract<DenoiserFamily> {
  private static final double CLOSE = 1e-5;
  private static final String FOREIGN = "{\"_class_name\": \"SomebodyElsesModel\"}";

  private Optional<Engine> opened = Optional.empty();
  @TempDir private Path folder = Path.of("");

  /** Tests a kind of denoiser on the class path, see {@link ExtensionContract}. */
  protected DenoiserFamilyContract(String name) {
    super(DenoiserFamily.class, name);
  }

  /** The {@code config.json} of a small denoiser, with all optional fields. */
  protected abstract String config();

  /**
   * Number of outputs for words at a layer; those of the text unless a denoiser puts others beside
   * them, which fill it up.
   *
   * @param site name of a layer that has outputs for words
   * @param words of the text
   */
  protected long words(String site, int words) {
    return words;
  }

  @BeforeAll
  void open() {
    opened = Optional.of(Engine.open(EngineOptions.DEFAULT.threads(1)));
  }

  @AfterAll
  void close() {
    opened.orElseThrow().close();
  }

  private ConfiguredFamily<DenoiserFamily> configured() {
    return new ConfiguredFamily<>(
        folder, config(), extension(), DenoiserFamily::recognises, DenoiserFamily::network);
  }

  private DenoiserNetwork network() {
    return extension().network(configured().own());
  }

  private DenoiserRun run() {
    return new DenoiserRun(opened.orElseThrow(), network());
  }

  /** A height and width of latents that it takes. */
  private int side() {
    return 4 << (network().levels() - 1);
  }

  @Test
  void configurationIsRecognisedByItsFamilyAlone() {
    configured().requireOwn(DenoiserFamily.class, info().name(), FOREIGN);
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
    Map<Site, Long> places = places();
    assertFalse(places.isEmpty(), "there is no layer that an adapter can change");
    Set<String> layers = new TreeSet<>(places.keySet().stream().map(Site::name).toList());
    assertEquals(places.size(), layers.size(), "different layers of one name");
  }

  /** Number of outputs of each layer for each picture, all channels counting as one. */
  private Map<Site, Long> places() {
    Map<Site, Long> places = new HashMap<>();
    SiteAdapters seeing =
        (site, x, y) -> {
          if (site.kind() == Site.Kind.LINEAR || site.convolution()) {
            places.put(site, y.shape().elements() / y.shape().size(0) / site.out());
          }
          return y;
        };
    run().stage(side(), false, seeing);
    return places;
  }

  @Test
  void layersLieWhereTheNetworkDeclares() {
    SitePlacement.Of said = network().places();
    Map<String, Long> expected = new TreeMap<>();
    Map<String, Long> found = new TreeMap<>();
    places()
        .forEach(
            (site, count) -> {
              found.put(site.name(), count);
              SitePlacement place = said.of(site.name());
              long places = 1;
              if (place instanceof SitePlacement.OnGrid grid) {
                places = placesOf(grid.level(), site);
              } else if (place instanceof SitePlacement.WordsAndGrid both) {
                places = words(site.name(), DenoiserRun.WORDS) + placesOf(both.level(), site);
              } else if (place instanceof SitePlacement.OfTokens) {
                places = words(site.name(), DenoiserRun.WORDS);
              }
              expected.put(site.name(), places);
            });
    assertEquals(expected, found, "places of each layer for a picture");
  }

  private long placesOf(int level, Site site) {
    assertTrue(
        level >= 0 && level < network().levels(),
        site.name() + " lies on a grid that there is not");
    return new GridSize(side(), side()).level(level).places();
  }

  @Test
  void predictionHasTheSizeOfTheLatents() {
    for (DType compute : List.of(DType.F32, DType.BF16)) {
      for (int side : List.of(side(), 2 * side())) {
        HostTensor made = run().of(run().pictures(2, side), compute, false);
        assertEquals(
            Shape.of(2, network().outChannels(), side, side), made.shape(), "in " + compute);
        assertTrue(made.finite(), "not finite in " + compute);
      }
    }
  }

  /** The first picture of a batch. */
  private static HostTensor first(HostTensor all) {
    long[] sizes = all.shape().sizes();
    sizes[0] = 1;
    Shape shape = Shape.of(sizes);
    double[] values = Arrays.copyOf(all.doubles(), Math.toIntExact(shape.elements()));
    return HostTensor.of(DType.F32, shape, values);
  }

  private static void assertClose(HostTensor expected, HostTensor made, String message) {
    double distance = MethodEffect.distance(expected, made);
    assertTrue(distance < CLOSE, message + ": " + distance + " away");
  }

  @Test
  void eachPictureIsSeenByItself() {
    Map<String, HostTensor> two = run().pictures(2, side());
    Map<String, HostTensor> one = new HashMap<>();
    two.forEach((name, values) -> one.put(name, first(values)));
    assertClose(run().of(one), first(run().of(two)), "beside another picture");
  }

  @Test
  void everyConditioningInputCounts() {
    Map<String, HostTensor> inputs = run().pictures(1, side());
    HostTensor made = run().of(inputs);
    for (String name : new TreeSet<>(inputs.keySet())) {
      Map<String, HostTensor> others = new HashMap<>(inputs);
      double[] values = DenoiserRun.named(inputs, name).doubles();
      Arrays.setAll(values, i -> values[i] * 2 + 1);
      others.put(name, HostTensor.of(DType.F32, DenoiserRun.named(inputs, name).shape(), values));
      assertNotEquals(made, run().of(others), "another " + name + " makes no difference");
    }
  }

  @Test
  void wrongConditioningInputsAreRefused() {
    IllegalArgumentException refusal =
        assertThrows(
            IllegalArgumentException.class, () -> run().stage(side(), true, SiteAdapters.NONE));
    assertFalse(String.valueOf(refusal.getMessage()).isBlank(), "refused without a reason");
  }

  @Test
  void regionalTextCountsWhereItsShareIs() {
    Map<String, HostTensor> plain = run().pictures(1, side());
    Shape words = DenoiserRun.named(plain, "context").shape();
    HostTensor other = DenoiserRun.numbers(words, 5);
    assertClose(run().of(plain), shared(plain, other, 1), "the first text alone");
    Map<String, HostTensor> second = new HashMap<>(plain);
    second.put("context", other);
    assertClose(run().of(second), shared(plain, other, 0), "the second text alone");
  }

  /** Output for two texts, of which the first has this share of all places. */
  private HostTensor shared(Map<String, HostTensor> plain, HostTensor other, float share) {
    Map<String, HostTensor> inputs = new HashMap<>(plain);
    double[] first = DenoiserRun.named(plain, "context").doubles();
    double[] both = Arrays.copyOf(first, 2 * first.length);
    System.arraycopy(other.doubles(), 0, both, first.length, first.length);
    Shape words = Shape.of(2, DenoiserRun.WORDS, network().crossAttentionDim());
    inputs.put("context", HostTensor.of(DType.F32, words, both));
    for (int level = 0; level < network().levels(); level++) {
      int places = new GridSize(side(), side()).level(level).places();
      float[] shares = new float[2 * places];
      Arrays.fill(shares, 0, places, share);
      Arrays.fill(shares, places, 2 * places, 1 - share);
      inputs.put(StagedNetworks.shares(level), HostTensor.of(Shape.of(1, 2, places), shares));
    }
    return run().of(inputs, DType.F32, true);
  }

  @Test
  void checkpointingChangesNoBitOfTheGradient() {
    Map<String, HostTensor> inputs = run().pictures(2, side());
    Set<HostTensor> gradients = new HashSet<>();
    for (boolean checkpointing : List.of(false, true)) {
      gradients.add(run().gradient(inputs, checkpointing, false));
    }
    assertEquals(1, gradients.size(), "gradients with and without");
  }

  @Test
  void sparingMemoryChangesNoBitOfTheGradient() {
    Map<String, HostTensor> inputs = run().pictures(2, side());
    Set<HostTensor> gradients = new HashSet<>();
    for (boolean sparing : List.of(false, true)) {
      gradients.add(run().gradient(inputs, false, sparing));
    }
    assertEquals(1, gradients.size(), "gradients with and without");
  }
}
