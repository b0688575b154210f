package dev.lora4j.diffusion.style;

import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.MetadataKey;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.diffusion.base.DiffusionModel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is written into an adapter's header about how it was trained, in kohya's names. It has no
 * times of the clock, so that the same run gives the same file.
 *
 * @param base what it was trained on
 * @param others of the caller; these win
 */
record StyleMetadata(DiffusionModel base, Map<String, String> others) {
  /** For the adapter as it is after {@code steps}. */
  Map<String, String> of(String name, StyleSettings settings, Samples samples, int steps) {
    AdapterRecipe recipe = settings.recipe();
    String rank = Integer.toString(recipe.rank());
    MetadataKey<Double> alpha = MetadataKey.number(KohyaKeys.NETWORK_ALPHA.name());
    boolean kohya = recipe.method().name().equals("lora");
    Metadata metadata =
        Metadata.EMPTY
            .with(KohyaKeys.OUTPUT_NAME, name)
            .with(KohyaKeys.NETWORK_MODULE, kohya ? "networks.lora" : "lycoris.kohya")
            .with(KohyaKeys.NETWORK_DIM, rank)
            .with(alpha, recipe.alpha());
    Map<String, String> arguments = new TreeMap<>();
    arguments.put("conv_dim", Integer.toString(recipe.convRank().orElse(recipe.rank())));
    String whole = metadata.entries().getOrDefault(alpha.name(), rank);
    arguments.put(
        "conv_alpha",
        recipe.convAlpha().isPresent() ? Double.toString(recipe.convAlpha().getAsDouble()) : whole);
    if (!kohya) {
      arguments.put("algo", recipe.method().name());
    }
    return metadata
        .with(KohyaKeys.NETWORK_ARGS, new TreeMap<>(arguments))
        .with(KohyaKeys.BASE_NAME, fileName(base.path()))
        .with(KohyaKeys.BASE_HASH, base.hash())
        .with(KohyaKeys.IMAGES, (long) samples.pictures())
        .with(KohyaKeys.STEPS, (long) steps)
        .with(KohyaKeys.MAX_STEPS, (long) settings.steps())
        .with(KohyaKeys.LEARNING_RATE, settings.rates().rate())
        .with(KohyaKeys.SCHEDULE, settings.schedule().decay().name())
        .with(KohyaKeys.OPTIMIZER, settings.optimizer().toString())
        .with(KohyaKeys.SEED, settings.seed())
        .withAll(new Metadata(samples.metadata()))
        .withAll(new Metadata(others))
        .entries();
  }

  private static String fileName(Path path) {
    return Optional.ofNullable(path.getFileName()).map(Path::toString).orElse("");
  }
}
