package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.ProductTraining;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.ParameterGroups;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.quantised.Nf4;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.Dropouts;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.run.Staging;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
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
 * Contract of {@link TrainableMethod}. A small network with one of each kind of layer is trained by
 * the loop that trains all adapters. Methods to override describe particular methods.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TrainableMethodContract extends ExtensionContract<TrainableMethod> {
  private static final double CLOSE = 1e-4;
  private static final int STEPS = 16;
  private static final int FEW = 2;

  @TempDir private Path folder = Path.of("");
  private final double rate;
  private Optional<Engine> opened = Optional.empty();
  private Optional<SyntheticNetwork> made = Optional.empty();
  private Optional<NetTraining.Trained> whole = Optional.empty();

  /**
   * Tests a method on the class path, see {@link ExtensionContract}.
   *
   * @param rate at which AdamW lowers, within 16 steps, the squares of what a small network gives
   *     by a tenth
   */
  protected TrainableMethodContract(String request, double rate) {
    super(TrainableMethod.class, request);
    this.rate = rate;
  }

  /** True if one program trains factors of any rank. */
  protected boolean anyRank() {
    return true;
  }

  /** Roles of what is stored of it that training does not change, for example a flag. */
  protected Set<String> fixed() {
    return Set.of();
  }

  /** The layouts of files, of which one at least has a form for what it trains. */
  protected Collection<String> layouts() {
    return FileRoundTrip.LAYOUTS;
  }

  @BeforeAll
  void open() {
    opened = Optional.of(Engine.open(EngineOptions.DEFAULT.threads(1)));
    made = Optional.of(new SyntheticNetwork(engine().scope("net")));
  }

  @AfterAll
  void close() {
    engine().close();
  }

  private Engine engine() {
    return opened.orElseThrow();
  }

  private SyntheticNetwork net() {
    return made.orElseThrow();
  }

  private List<Site> layers() {
    Set<Site.Kind> kinds = extension().kinds();
    List<Site> layers =
        SyntheticNetwork.sites().stream().filter(site -> kinds.contains(site.kind())).toList();
    assertFalse(layers.isEmpty(), "it trains no kind of layer");
    return layers;
  }

  private AdapterPlan plan(Dropouts dropouts) {
    String[] names = layers().stream().map(Site::name).toArray(String[]::new);
    return AdapterRecipe.DEFAULT
        .method(extension())
        .targets(TargetLayers.matching(names))
        .rank(3, 2)
        .dropouts(dropouts)
        .plan(SyntheticNetwork.sites());
  }

  private NetTraining.Trained train(Dropouts dropouts, int steps) {
    try (Scope scope = engine().scope("training")) {
      return NetTraining.of(scope, net(), plan(dropouts), steps, rate);
    }
  }

  /** Trained once, as compiling a program is what costs time here. */
  private NetTraining.Trained trained() {
    NetTraining.Trained trained = whole.orElseGet(() -> train(Dropouts.NONE, STEPS));
    whole = Optional.of(trained);
    return trained;
  }

  private static SiteRecipe recipe(int rank) {
    return new SiteRecipe(rank, 2, false, FactorInit.KAIMING);
  }

  /** Properties of a tensor that a program and a checkpoint know. */
  private record Known(String part, Shape shape, Shape staged, boolean anchored) {
    static List<Known> of(List<TrainedTensor> tensors) {
      return tensors.stream()
          .map(t -> new Known(t.part(), t.shape(), t.staged(), t.anchored()))
          .toList();
    }
  }

  @Test
  void trainedTensorsAreTheSameEachTime() {
    TrainableMethod method = extension();
    for (Site site : layers()) {
      List<Known> known = Known.of(method.tensors(site, recipe(2)));
      assertFalse(known.isEmpty(), "nothing to train at " + site.name());
      Set<String> parts = new TreeSet<>(known.stream().map(Known::part).toList());
      assertEquals(known.size(), parts.size(), "parts of one name: " + known);
      for (int i = 0; i < 3; i++) {
        assertEquals(known, Known.of(method.tensors(site, recipe(2))), site.name());
      }
    }
  }

  @Test
  void oneProgramServesAllRanks() {
    if (anyRank()) {
      for (Site site : layers()) {
        List<Shape> two = staged(site, 2);
        assertEquals(two, staged(site, 3), site.name());
      }
    }
  }

  private List<Shape> staged(Site site, int rank) {
    return extension().tensors(site, recipe(rank)).stream().map(TrainedTensor::staged).toList();
  }

  @Test
  void untrainedAdapterIsTheBase() {
    NetTraining.Trained trained = trained();
    try (Scope scope = engine().scope("base")) {
      double base = net().loss(scope, NetTraining.HELD_OUT);
      assertEquals(base, trained.first(), CLOSE * base, "the loss as it begins");
      double stored = net().loss(scope, trained.before(), NetTraining.HELD_OUT);
      assertEquals(base, stored, CLOSE * base, "the loss with what is stored as it begins");
    }
  }

  @Test
  void trainingLowersTheLoss() {
    double first = trained().first();
    double last = trained().last();
    assertTrue(last < 0.9 * first, "the loss goes from " + first + " to " + last);
  }

  /* What a method needs of the weight, it has to ask for its numbers. */
  @Test
  void roundedBasesTrainAsTheirNumbersDo() {
    try (Scope scope = engine().scope("rounded")) {
      Nf4 how = new Nf4(64, true);
      List<Map<String, double[]>> trained = new ArrayList<>();
      for (boolean codes : List.of(true, false)) {
        SyntheticNetwork rounded = net().rounded(scope, how, codes);
        Adapter after = NetTraining.of(scope, rounded, plan(Dropouts.NONE), FEW, rate).after();
        Map<String, double[]> values = new TreeMap<>();
        after
            .sites()
            .forEach(
                (site, all) ->
                    all.forEach(
                        f -> f.tensors().forEach((r, t) -> values.put(site + r, t.doubles()))));
        trained.add(values);
      }
      assertEquals(trained.get(1).keySet(), trained.get(0).keySet());
      trained
          .get(1)
          .forEach(
              (name, values) -> assertArrayEquals(values, trained.get(0).get(name), CLOSE, name));
    }
  }

  @Test
  void everyTensorIsTrained() {
    NetTraining.Trained trained = trained();
    trained
        .after()
        .sites()
        .forEach(
            (site, all) -> {
              List<Factors> before = trained.before().at(site);
              for (int i = 0; i < all.size(); i++) {
                requireOther(site, before.get(i), all.get(i));
              }
            });
  }

  private void requireOther(String site, Factors before, Factors after) {
    Map<String, HostTensor> tensors = new TreeMap<>(after.tensors());
    tensors.keySet().removeAll(fixed());
    tensors.forEach(
        (role, tensor) ->
            assertNotEquals(before.tensor(role), tensor, role + " of " + site + " stays as it is"));
  }

  @Test
  void savedAdapterActsAsTheTrainedOne() {
    NetTraining.Trained trained = trained();
    try (Scope scope = engine().scope("saved")) {
      double saved = net().loss(scope, trained.after(), NetTraining.HELD_OUT);
      assertEquals(trained.last(), saved, CLOSE * saved, "the loss with what was saved");
    }
  }

  @Test
  void trainedFactorsReadBackByTheirMethod() {
    Adapter adapter = trained().after();
    for (Site site : layers()) {
      List<Factors> all = adapter.at(site.name());
      assertFalse(all.isEmpty(), "no factors at " + site.name());
      Map<String, HostTensor> written = new TreeMap<>();
      Map<String, String> settings = new TreeMap<>();
      for (Factors factors : all) {
        written.putAll(Methods.named(factors.method()).write(factors));
        settings.putAll(factors.settings());
      }
      assertEquals(all, Methods.read(new MethodTensors(site, written, settings).all()));
    }
  }

  /** Requires of a method with a recipe of given factors that a warm start reproduces them. */
  @Test
  void warmStartReproducesTheFactors() {
    TrainableMethod method = extension();
    for (Site site : layers()) {
      List<Factors> all = trained().after().at(site.name());
      Optional<WarmStartFactors> begun = method.warmStart(site, all);
      if (begun.isPresent()) {
        SiteRecipe recipe = begun.get().recipe();
        Map<String, HostTensor> values = begun.get().values();
        for (TrainedTensor tensor : method.tensors(site, recipe)) {
          HostTensor value = values.get(tensor.part());
          assertTrue(
              value == null || value.shape().equals(tensor.shape()),
              tensor.part() + " of " + site.name() + " has another shape than is trained");
        }
        List<Factors> again = new ArrayList<>(method.factors(site, recipe, values));
        again.sort(Comparator.comparing(Factors::method));
        assertEquals(all, again, site.name());
      }
    }
  }

  @Test
  void writtenFileReadsBack() {
    new FileRoundTrip(folder, SyntheticNetwork.family()).requireSame(trained().after(), layouts());
  }

  @Test
  void theSameRunGivesTheSameBits() {
    NetTraining.Trained one = train(Dropouts.NONE, FEW);
    NetTraining.Trained two = train(Dropouts.NONE, FEW);
    assertEquals(one.after().identity(), two.after().identity());
    assertEquals(one.losses(), two.losses());
  }

  @Test
  void declaredDropoutsHaveAnEffect() {
    String whole = train(Dropouts.NONE, FEW).after().identity();
    for (DropoutKind kind : extension().dropouts()) {
      NetTraining.Trained dropping = train(half(kind), FEW);
      assertNotEquals(whole, dropping.after().identity(), kind + " dropout leaves out nothing");
    }
  }

  private static Dropouts half(DropoutKind kind) {
    return switch (kind) {
      case INPUT -> new Dropouts(0.5, 0, 0, 0);
      case NETWORK -> new Dropouts(0, 0.5, 0, 0);
      case RANK -> new Dropouts(0, 0, 0.5, 0);
      case MODULE -> new Dropouts(0, 0, 0, 0.5);
    };
  }

  /**
   * Requires of a method whose change is a product that its norm is that of its factors' change.
   */
  @Test
  void theNormIsThatOfTheChange() {
    if (extension() instanceof ProductTraining method) {
      ProductNorm norm = new ProductNorm(engine(), method, recipe(3));
      for (Site site : layers()) {
        Map<String, HostTensor> drawn = norm.drawn(site);
        double told = norm.told(site, drawn);
        double changed = norm.changed(site, drawn);
        assertEquals(changed, told, CLOSE * changed, "the norm of the change of " + site.name());
        double less = Math.pow(0.5, drawn.size()) * told;
        drawn.replaceAll((part, tensor) -> MethodEffect.times(tensor, 0.5));
        assertEquals(less, norm.told(site, drawn), CLOSE * less, "with halves of all tensors");
      }
    }
  }

  @Test
  void factorsComputeInTheLayersType() {
    for (DType type : List.of(DType.BF16, DType.F32, DType.F64)) {
      AdapterPlan plan = plan(Dropouts.NONE);
      Staging at =
          new Staging(new Graph(), type, ParameterGroups.NONE, plan, Staging.Purpose.TRAINING);
      new NetTraining(net(), plan, type).loss(at);
    }
  }
}
