package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.autoencoder.AutoencoderFamily;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Contract of {@link AutoencoderFamily}, its networks included. Give the configuration of a small
 * autoencoder; its weights are random numbers.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class AutoencoderFamilyContract extends ExtensionContract<AutoencoderFamily> {
  private static final double CLOSE = 1e-5;
  private static final int SIDE = 4;
  private static final int COLOURS = 3;
  private static final String FOREIGN = "{\"_class_name\": \"SomebodyElsesModel\"}";

  private Optional<Engine> opened = Optional.empty();
  @TempDir private Path folder = Path.of("");

  /** Tests a kind of autoencoder on the class path, see {@link ExtensionContract}. */
  protected AutoencoderFamilyContract(String name) {
    super(AutoencoderFamily.class, name);
  }

  /** The {@code config.json} of a small autoencoder, with all optional fields. */
  protected abstract String config();

  @BeforeAll
  void open() {
    opened = Optional.of(Engine.open(EngineOptions.DEFAULT.threads(1)));
  }

  @AfterAll
  void close() {
    opened.orElseThrow().close();
  }

  private ConfiguredFamily<AutoencoderFamily> configured() {
    return new ConfiguredFamily<>(
        folder, config(), extension(), AutoencoderFamily::recognises, AutoencoderFamily::network);
  }

  private AutoencoderNetwork network() {
    return extension().network(configured().own());
  }

  private AutoencoderRun run() {
    return new AutoencoderRun(opened.orElseThrow(), network());
  }

  private HostTensor pictures(int count) {
    return AutoencoderRun.numbers(count, network().inChannels(), (long) SIDE * network().scale());
  }

  private HostTensor latents(int count) {
    return AutoencoderRun.numbers(count, network().latentChannels(), SIDE);
  }

  @Test
  void configurationIsRecognisedByItsFamilyAlone() {
    configured().requireOwn(AutoencoderFamily.class, info().name(), FOREIGN);
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
  void everyFieldOfTheConfigurationIsKnown() {
    ConfigFile own = configured().own();
    assertEquals(List.of(), extension().fields().unknown(own));
  }

  @Test
  void weightsAreKnownByName() {
    List<Parameter> parameters = run().parameters();
    Set<String> names = new TreeSet<>(parameters.stream().map(Parameter::name).toList());
    assertEquals(parameters.size(), names.size(), "weights of one name");
    for (String name : names) {
      assertTrue(network().names(name).contains(name), name + " is not looked for");
    }
  }

  /** Either no weight has a name in files of first publication, or each has one of its own. */
  @Test
  void originalNamesAreOfOneWeightEach() {
    List<String> all = run().parameters().stream().map(Parameter::name).distinct().toList();
    List<String> originals =
        all.stream().flatMap(name -> network().originals(name).stream()).toList();
    assertEquals(originals.size(), new TreeSet<>(originals).size(), "one name of two weights");
    long named = all.stream().filter(name -> !network().originals(name).isEmpty()).count();
    assertTrue(named == 0 || named == all.size(), "names of some weights alone");
  }

  @Test
  void latentsHaveTheDeclaredSize() {
    Shape expected = Shape.of(2, network().latentChannels(), SIDE, SIDE);
    for (DType compute : List.of(DType.F32, DType.BF16)) {
      for (HostTensor moments : run().encoded(pictures(2), compute)) {
        assertEquals(expected, moments.shape(), "in " + compute);
        assertTrue(moments.finite(), "not finite in " + compute);
      }
    }
  }

  @Test
  void picturesHaveTheDeclaredSize() {
    long side = (long) SIDE * network().scale();
    for (DType compute : List.of(DType.F32, DType.BF16)) {
      HostTensor made = run().decoded(latents(2), compute);
      assertEquals(Shape.of(2, COLOURS, side, side), made.shape(), "in " + compute);
      assertTrue(made.finite(), "not finite in " + compute);
    }
  }

  private static void assertFirst(HostTensor alone, HostTensor both, String message) {
    double[] first = Arrays.copyOf(both.doubles(), alone.doubles().length);
    double distance = MethodEffect.distance(alone, HostTensor.of(DType.F32, alone.shape(), first));
    assertTrue(distance < CLOSE, message + ": " + distance + " away");
  }

  @Test
  void eachPictureIsEncodedByItself() {
    assertFirst(
        run().encoded(pictures(1), DType.F32).get(0),
        run().encoded(pictures(2), DType.F32).get(0),
        "beside another picture");
  }

  @Test
  void eachLatentIsDecodedByItself() {
    assertFirst(
        run().decoded(latents(1), DType.F32),
        run().decoded(latents(2), DType.F32),
        "beside another latent");
  }

  @Test
  void unshiftedNetworkHasNoShift() {
    AutoencoderNetwork unshifted = network().unshifted();
    assertEquals(0, unshifted.shiftFactor());
    assertEquals(network().scalingFactor(), unshifted.scalingFactor());
  }
}
