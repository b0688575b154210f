package dev.lora4j.bench.text;

import dev.lora4j.bench.RandomWeights;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ConfiguredExtensions;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.text.model.TextFamily;
import dev.lora4j.text.network.LanguageNetwork;
import dev.lora4j.text.token.BytePairTrainer;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Models of the sizes of published ones with weights from chance, and adapters for them. */
public enum ModelOfChance {
  /** SmolLM2 135M. */
  SMOLLM2("smollm2", 49152),

  /** Gemma 3 270M. */
  GEMMA3("gemma3", 262144),

  /** all-MiniLM-L6-v2. */
  MINILM("minilm", 30522),

  /** Whisper tiny.en. */
  WHISPER("whisper", 51864);

  private static final int RANK = 16;

  private final String name;
  private final int vocabulary;

  ModelOfChance(String name, int vocabulary) {
    this.name = name;
    this.vocabulary = vocabulary;
  }

  /** Writes it as a folder of transformers, once; a tokenizer of few words, as it reads ids. */
  public Path write(Path folder) {
    Path model = folder.resolve(name);
    Path weights = model.resolve("model.safetensors");
    try {
      if (!Files.exists(weights)) {
        Files.createDirectories(model);
        Files.writeString(model.resolve("tokenizer.json"), tokenizer());
        Files.writeString(model.resolve("config.json"), resource(name + ".json"));
        RandomWeights.write(weights, DType.F32, parameters());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return model;
  }

  private String tokenizer() throws IOException {
    return this == MINILM
        ? resource("minilm-tokenizer.json")
        : new BytePairTrainer().add("text").train(258, "<end>");
  }

  private static String resource(String file) throws IOException {
    try (InputStream in = ModelOfChance.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new FileNotFoundException("There is no resource " + file + ".");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** Its weights, each once. */
  List<Parameter> parameters() throws IOException {
    String file = name + ".json";
    ConfigFile config = ConfigFile.of(Path.of(file), resource(file));
    LanguageNetwork network =
        ConfiguredExtensions.of(
                TextFamily.class, TextFamily::recognises, config, "family", "the configuration")
            .network(config);
    return Network.walk(
            "",
            DType.F32,
            (graph, weights) -> {
              network.walk(weights.apply(SiteAdapters.NONE), DType.F32);
              return List.of();
            })
        .stream()
        .filter(p -> !network.shared().containsKey(p.name()))
        .toList();
  }

  /** Tokens of a row, the same for everybody. */
  public int[] ids(int row, int tokens) {
    SeededNoise noise = SeededNoise.of(7, row);
    int[] ids = new int[tokens];
    Arrays.setAll(ids, i -> 1 + noise.index(vocabulary - 1));
    return ids;
  }

  /** The first rows of tokens as an argument of a script. */
  public String rows(int rows, int tokens) {
    return written(IntStream.range(0, rows).mapToObj(row -> ids(row, tokens)));
  }

  /** Rows of tokens as an argument of a script. */
  static String written(Stream<int[]> rows) {
    return rows.map(ids -> Arrays.stream(ids).mapToObj(Integer::toString))
        .map(ids -> ids.collect(Collectors.joining(",")))
        .collect(Collectors.joining(";"));
  }

  /** A LoRA on queries and values. */
  static Adapter adapter(Collection<Site> sites, int number) {
    Map<String, List<Factors>> factors = new LinkedHashMap<>();
    for (Site site : sites) {
      if (site.name().endsWith("q_proj") || site.name().endsWith("v_proj")) {
        HostTensor down = values(Shape.of(RANK, site.in()), number, site.name().hashCode());
        HostTensor up = values(Shape.of(site.out(), RANK), number, site.name().hashCode() + 1L);
        factors.put(site.name(), List.of(LoraMath.factors(down, up, RANK)));
      }
    }
    return new Adapter("adapter " + number, factors, Map.of());
  }

  private static HostTensor values(Shape shape, int number, long place) {
    float[] values = new float[Math.toIntExact(shape.elements())];
    SeededNoise.of(number, place).gaussians(values, 0, values.length);
    for (int i = 0; i < values.length; i++) {
      values[i] *= 0.02f;
    }
    return HostTensor.of(shape, values);
  }
}
