package dev.lora4j.diffusion.style;

import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.dataset.caption.CaptionSettings;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.diffusion.preference.PicturePairs;
import java.nio.file.Path;
import java.util.List;

/** Data sets as a trainer's base takes them. */
record TrainerData(StyleTrainer trainer) {
  /** Pictures of a folder, in sizes near that of the base. */
  DataSet survey(Path folder, DataSet.Depth depth) {
    int side = trainer.base.base().sampleSize() * trainer.base.base().vae().scale();
    Bucketing sizes = Bucketing.around(side, trainer.base.base().sizeUnit());
    DataSource pictures =
        DataSource.of(folder).with(CaptionSettings.DEFAULT.dropout(trainer.captionDropout));
    DataGroup group =
        new DataGroup(sizes, trainer.batch, trainer.settings.seed(), List.of(pictures));
    return DataSet.survey(List.of(group), depth);
  }

  /** A data set in sizes that the base takes. */
  DataSet fitting(DataSet data) {
    return data.inUnits(trainer.base.base().sizeUnit())
        .within(trainer.base.base().longestSide())
        .referring(trainer.base.base().denoiser().mostReferences());
  }

  /** Samples of a data set. */
  SampleSource samples(DataSet data, ContentCache cache) {
    TrainerChecks.requireReferences(trainer, data.references());
    return drawn(data.usable(), cache);
  }

  /** Samples of pairs that are usable. */
  SampleSource samples(PicturePairs pairs, ContentCache cache) {
    return new PairSamples(drawn(pairs.better(), cache), drawn(pairs.worse(), cache));
  }

  private SampleSource drawn(DataSet data, ContentCache cache) {
    boolean masked = trainer.settings.objective().loss().masked();
    return new DataSetSamples(trainer.base, data, cache, trainer.settings.seed(), masked);
  }
}
