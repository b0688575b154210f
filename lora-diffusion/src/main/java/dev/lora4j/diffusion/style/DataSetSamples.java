package dev.lora4j.diffusion.style;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.dataset.Batches;
import dev.lora4j.diffusion.dataset.ColourJitter;
import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.dataset.Draw;
import dev.lora4j.diffusion.dataset.DrawnPictures;
import dev.lora4j.diffusion.dataset.bucket.Bucket;
import dev.lora4j.diffusion.dataset.cache.CacheKey;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.train.objective.LatentSample;
import dev.lora4j.diffusion.train.objective.LatentSample.Mask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Draws from a data set. Latents are encoded once for each way in which a picture is shown, and
 * kept on disk; those of pictures whose crop or colours are drawn anew each time are encoded when
 * they come.
 */
final class DataSetSamples implements Samples {
  private final StableDiffusion base;
  private final DataSet data;
  private final Batches batches;
  private final ContentCache cache;
  private final boolean masked;
  private final Map<String, float[]> known = new HashMap<>();

  DataSetSamples(
      StableDiffusion base, DataSet data, ContentCache cache, long seed, boolean masked) {
    this.base = base;
    this.data = data;
    this.batches = Batches.of(data.training(), seed);
    this.cache = cache;
    this.masked = masked;
  }

  /** Encodes every picture that looks the same each time; tells how many are done. */
  void encode(IntConsumer done) {
    int count = 0;
    for (DataItem item : data.items()) {
      if (!item.source().augmentations().colour() && !item.source().augmentations().randomCrop()) {
        latents(Draw.plain(item));
      }
      done.accept(++count);
    }
  }

  @Override
  public int perEpoch() {
    return batches.perEpoch();
  }

  @Override
  public int pictures() {
    return data.training().size();
  }

  @Override
  public Map<String, String> metadata() {
    return DataSetMetadata.of(data);
  }

  @Override
  public List<TrainingSample> batch(long number) {
    return batches.batch(number).draws().stream().map(this::sample).toList();
  }

  @Override
  public List<TrainingSample> validation() {
    List<TrainingSample> samples = new ArrayList<>();
    data.validation().forEach(item -> samples.add(sample(Draw.plain(item))));
    return samples;
  }

  private TrainingSample sample(Draw draw) {
    DataItem item = draw.item();
    DiffusionModel model = base.base();
    Bucket bucket = item.fit().bucket();
    int factor = model.vae().scale();
    int height = bucket.height() / factor;
    int width = bucket.width() / factor;
    Optional<Mask> mask =
        masked && item.masked()
            ? DrawnPictures.mask(draw, factor).map(values -> new Mask(height, width, values))
            : Optional.empty();
    LatentSample latents =
        new LatentSample(
            Shape.of(model.unet().inChannels(), height, width),
            latents(draw),
            item.regularisation(),
            mask);
    TrainingSample.Sizes sizes =
        new TrainingSample.Sizes(
            item.height(),
            item.width(),
            draw.cropY(),
            draw.cropX(),
            bucket.height(),
            bucket.width());
    return new TrainingSample(item.file(), latents, draw.caption(), sizes);
  }

  private float[] latents(Draw draw) {
    CacheKey key =
        DrawnPictures.key("latents", draw)
            .with("base", base.base().hash())
            .with("configuration", base.base().configuration())
            .with("compute", base.base().compute());
    // Crops and colours that are drawn anew each time would fill the disk and never be met again.
    boolean passing =
        !draw.colour().equals(ColourJitter.NONE)
            || draw.item().source().augmentations().randomCrop();
    if (passing) {
      return cache.rounded(encoded(draw));
    }
    return known.computeIfAbsent(key.digest(), digest -> cache.cached(key, () -> encoded(draw)));
  }

  private float[] encoded(Draw draw) {
    return base.encode(List.of(DrawnPictures.picture(draw))).get(0);
  }
}
