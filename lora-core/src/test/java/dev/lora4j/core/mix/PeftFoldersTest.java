package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Target;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Folders that PEFT saved change a base as PEFT merges them; golden/peft writes them. */
class PeftFoldersTest {
  private static final Engine ENGINE = Engine.open();
  private static final Mixing MIXING = new Mixing(ENGINE.scope("peft"));
  private static final Path FOLDER = folder();
  private static final Map<String, HostTensor> BASE = tensors(FOLDER.resolve("base.safetensors"));
  private static final Family FAMILY = Family.of("the base", new SiteCatalogue(sites()));

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Path folder() {
    try {
      String base = "/dev/lora4j/core/format/peft/base.safetensors";
      return Path.of(Objects.requireNonNull(PeftFoldersTest.class.getResource(base)).toURI())
          .resolveSibling("");
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, HostTensor> tensors(Path path) {
    Map<String, HostTensor> tensors = new TreeMap<>();
    try (Safetensors file = Safetensors.open(path)) {
      for (TensorInfo info : file.tensors().values()) {
        tensors.put(info.name(), HostTensor.of(info.dtype(), info.shape(), file.read(info.name())));
      }
    }
    return tensors;
  }

  private static List<Site> sites() {
    return BASE.keySet().stream()
        .filter(k -> k.endsWith(".weight"))
        .map(k -> k.substring(0, k.length() - ".weight".length()))
        .map(PeftFoldersTest::site)
        .toList();
  }

  private static Site site(String name) {
    Shape weight = Objects.requireNonNull(BASE.get(name + ".weight")).shape();
    if (name.equals("words")) {
      return Site.embedding(name, weight.size(0), weight.size(1));
    }
    return weight.rank() == 4
        ? Site.convolution(name, weight, 1, 1)
        : Site.linear(name, weight, BASE.containsKey(name + ".bias"));
  }

  static Stream<Path> folders() throws IOException {
    try (Stream<Path> all = Files.list(FOLDER)) {
      return all.filter(Files::isDirectory).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("folders")
  void aFolderOfPeftIsMergedAsPeftDoes(Path folder) {
    LoadedAdapter read = AdapterFiles.read(folder, FAMILY);
    assertEquals("[peft]", read.dialects().toString());
    Map<String, HostTensor> merged = tensors(folder.resolve("merged.safetensors"));
    assertFalse(merged.isEmpty());
    merged.forEach(
        (name, wanted) -> {
          Target target = name.endsWith(".bias") ? Target.BIAS : Target.WEIGHT;
          String site = name.substring(0, name.lastIndexOf('.'));
          HostTensor found = merge(site, target, read);
          double error = Mixing.error(found.doubles(), wanted.doubles());
          assertTrue(error <= 1e-6, name + ": " + error);
        });
  }

  private static HostTensor merge(String name, Target target, LoadedAdapter read) {
    List<Factors> factors = read.adapter().at(name);
    Map<String, HostTensor> layer = new TreeMap<>();
    for (String parameter : List.of("weight", "bias")) {
      Optional.ofNullable(BASE.get(name + "." + parameter)).ifPresent(t -> layer.put(parameter, t));
    }
    MethodCase at =
        new MethodCase(
            name, "", site(name), DType.F32, Map.of(), Map.of(), layer, List.of(), List.of());
    return MIXING.merge(at, target, List.of(at.adapter(factors)), Order.IN_TURN, 1);
  }

  @Test
  void newHeadsAndBiasesAreHandedOut() {
    LoadedAdapter read = AdapterFiles.read(FOLDER.resolve("saved-head"), FAMILY);
    assertEquals(4, read.replacements().size());
    assertEquals(
        Shape.of(4, 12),
        Objects.requireNonNull(read.replacements().get("base_model.model.head.weight")).shape());
    assertEquals(Reason.REPLACEMENT, read.account().ignored().get("base_model.model.head.weight"));
    assertTrue(read.warnings().toString().contains("new values of whole layers"));
  }

  @Test
  void layersOfUnknownModelsAreGuessed() {
    LoadedAdapter known = AdapterFiles.read(FOLDER.resolve("lora"), FAMILY);
    LoadedAdapter guessed = AdapterFiles.read(FOLDER.resolve("lora"));
    assertEquals(known.adapter().identity(), guessed.adapter().identity());
    assertEquals("", guessed.family().name());
  }
}
