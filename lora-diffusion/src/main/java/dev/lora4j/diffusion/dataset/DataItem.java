package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.bucket.BucketFit;
import dev.lora4j.diffusion.dataset.caption.CaptionRecipe;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A picture that was found usable, and how it is trained on.
 *
 * @param index its number in the data set, from 0
 * @param file where it is
 * @param sha256 hash of the file's bytes, in hexadecimal
 * @param width in pixels, as it is looked at
 * @param height in pixels, as it is looked at
 * @param fit its bucket, and what it is resized to for that
 * @param repeats how often it comes in an epoch
 * @param caption as it was written, before {@link CaptionRecipe}
 * @param written whether somebody wrote the caption; else it is the class tokens or the file's name
 * @param mask the picture with the weights of parts
 * @param maskSha256 hash of that file's bytes, in hexadecimal
 * @param references what the denoiser sees beside it
 * @param source the folder's settings
 * @param group number of the group of folders that it is batched with
 * @param batch pictures per step in that group
 * @param validation whether it is held out
 */
public record DataItem(
    int index,
    Path file,
    String sha256,
    int width,
    int height,
    BucketFit fit,
    int repeats,
    String caption,
    boolean written,
    Optional<Path> mask,
    Optional<String> maskSha256,
    List<ReferencePicture> references,
    DataSource source,
    int group,
    int batch,
    boolean validation) {
  /** Copies the list. */
  public DataItem {
    references = List.copyOf(references);
  }

  /** True for a regularisation picture, which shows what shall not change. */
  public boolean regularisation() {
    return source.regularisation();
  }

  /** True if parts of it may have different weights in the loss. */
  public boolean masked() {
    return mask.isPresent() || source.masking().alpha();
  }

  /** Recipe of its captions. */
  public CaptionRecipe recipe() {
    return new CaptionRecipe(source.captions());
  }

  DataItem repeated(int times) {
    return new DataItem(
        index,
        file,
        sha256,
        width,
        height,
        fit,
        times,
        caption,
        written,
        mask,
        maskSha256,
        references,
        source,
        group,
        batch,
        validation);
  }

  DataItem placed(int number, int inGroup) {
    return new DataItem(
        number,
        file,
        sha256,
        width,
        height,
        fit,
        repeats,
        caption,
        written,
        mask,
        maskSha256,
        references,
        source,
        inGroup,
        batch,
        validation);
  }

  /** A copy that is held out. */
  public DataItem heldOut() {
    return new DataItem(
        index,
        file,
        sha256,
        width,
        height,
        fit,
        1,
        caption,
        written,
        mask,
        maskSha256,
        references,
        source,
        group,
        batch,
        true);
  }
}
