package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder of pictures, each with its caption in a text file of the same name ({@code fox.png},
 * {@code fox.txt}); a picture without one is captioned by its own name.
 */
public final class PictureFolder {
  private PictureFolder() {}

  /**
   * Reads all pictures, in the order of their names, fitted to one size on white.
   *
   * @throws DataSetException if the folder or pictures cannot be used; the message names them all
   */
  public static List<Picture> read(Path folder, int width, int height) {
    List<DataSource> sources = List.of(DataSource.of(folder));
    DataGroup group = new DataGroup(Bucketing.fixed(width, height), 1, 0, sources);
    return DataSet.survey(List.of(group), DataSet.Depth.HEADERS).usable().items().stream()
        .map(item -> DrawnPictures.picture(TrainingDraw.plain(item)))
        .toList();
  }
}
