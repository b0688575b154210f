package dev.lora4j.diffusion.style;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.dataset.Batches;
import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.dataset.DrawnPictures;
import dev.lora4j.diffusion.dataset.TrainingDraw;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Draws from a data set. Latents are encoded once for each way in which a picture is shown, and
 * cached on disk; those of pictures whose crop or colours are drawn each time are encoded when they
 * come.
 */
final class DataSetSamples implements SampleSource {
  private final StableDiffusion base;
  private final DataSet data;
  private final Batches batches;
  private final ContentCache cache;
  private final boolean masked;
  private final CacheKey model;
  private final Map<Look, float[]> latents = new HashMap<>();
  private final Map<Look, Optional<Mask>> masks = new HashMap<>();
  private final Map<Look, List<float[]>> references = new HashMap<>();

  /** A way in which a picture is shown again and again. */
  private record Look(int item, boolean flipped) {}

  DataSetSamples(
      StableDiffusion base, DataSet data, ContentCache cache, long seed, boolean masked) {
    this.base = base;
    this.data = data;
    this.batches = Batches.of(data.training(), seed);
    this.cache = cache;
    this.masked = masked;
    model = BaseKey.of("latents", base.base());
  }

  @Override
  public int pictures() {
    return data.items().size();
  }

  private Stream<DataItem> items(EncodingShare share) {
    return IntStream.range(0, pictures()).filter(share::has).mapToObj(data.items()::get);
  }

  @Override
  public Stream<String> captions(EncodingShare share) {
    return items(share)
        .filter(item -> item.source().captions().storable())
        .map(item -> TrainingDraw.plain(item).caption());
  }

  @Override
  public void encode(EncodingShare share, IntConsumer done) {
    int count = 0;
    for (DataItem item : items(share).toList()) {
      if (item.source().augmentations().storable()) {
        latents(TrainingDraw.plain(item));
        references(TrainingDraw.plain(item));
      }
      done.accept(++count);
    }
  }

  @Override
  public int references() {
    return data.references();
  }

  @Override
  public Epoch epoch() {
    long all = data.training().stream().mapToLong(DataItem::repeats).sum();
    long regularisation =
        data.training().stream()
            .filter(DataItem::regularisation)
            .mapToLong(DataItem::repeats)
            .sum();
    return new Epoch(all - regularisation, regularisation, batches.perEpoch());
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
    data.validation().forEach(item -> samples.add(sample(TrainingDraw.plain(item))));
    return samples;
  }

  private TrainingSample sample(TrainingDraw draw) {
    DataItem item = draw.item();
    DiffusionModel model = base.base();
    Bucket bucket = item.fit().bucket();
    int factor = model.vae().scale();
    int height = bucket.height() / factor;
    int width = bucket.width() / factor;
    LatentSample sample =
        new LatentSample(
            Shape.of(model.denoiser().inChannels(), height, width),
            latents(draw),
            item.regularisation(),
            masked && item.masked() ? mask(draw, height, width) : Optional.empty());
    TrainingSample.Sizes sizes =
        new TrainingSample.Sizes(
            item.height(),
            item.width(),
            draw.cropY(),
            draw.shownCropX(),
            bucket.height(),
            bucket.width());
    boolean storable = item.source().captions().storable();
    List<LatentSample> beside =
        references(draw).stream().map(seen -> LatentSample.of(sample.shape(), seen)).toList();
    return new TrainingSample(item.file(), sample, draw.caption(), storable, sizes, beside);
  }

  private float[] latents(TrainingDraw draw) {
    // Crops and colours that are drawn each time would fill the disk and never recur.
    if (!draw.item().source().augmentations().storable()) {
      return cache.rounded(encoded(draw));
    }
    return latents.computeIfAbsent(
        look(draw), look -> cache.cached(DrawnPictures.key(model, draw), () -> encoded(draw)));
  }

  /** Latents of the reference pictures of a draw, which have its size. */
  private List<float[]> references(TrainingDraw draw) {
    return references.computeIfAbsent(
        look(draw),
        look ->
            IntStream.range(0, draw.item().references().size())
                .mapToObj(
                    i ->
                        cache.cached(
                            DrawnPictures.referenceKey(model, draw, i),
                            () -> base.encode(List.of(DrawnPictures.reference(draw, i))).get(0)))
                .toList());
  }

  private Optional<Mask> mask(TrainingDraw draw, int height, int width) {
    return draw.item().source().augmentations().storable()
        ? masks.computeIfAbsent(look(draw), look -> made(draw, height, width))
        : made(draw, height, width);
  }

  private Optional<Mask> made(TrainingDraw draw, int height, int width) {
    return DrawnPictures.mask(draw, base.base().vae().scale())
        .map(values -> new Mask(height, width, values));
  }

  private static Look look(TrainingDraw draw) {
    return new Look(draw.item().index(), draw.flipped());
  }

  private float[] encoded(TrainingDraw draw) {
    return base.encode(List.of(DrawnPictures.picture(draw))).get(0);
  }
}
