package dev.lora4j.cli.model;

import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.nn.Site;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelOutline;
import java.nio.file.Files;

/** The layers of a base on disk, called as a loaded base calls them. */
public final class BaseLayers {
  private BaseLayers() {}

  /**
   * The kind of base with its layers. Those of a language model, which a checkpoint calls as its
   * file does, are below the model's name, as layouts of adapters expect.
   */
  static Family of(BaseCheckpoint base) {
    return of(base, 0);
  }

  /**
   * The same.
   *
   * @param labels number of classes of an adapter's head; 0 for that of the base
   */
  public static Family of(BaseCheckpoint base, int labels) {
    Family family = base.base();
    boolean named = base.original() || !family.name().isEmpty() || !base.parts().containsKey("");
    if (named) {
      return family;
    }
    if (Files.isDirectory(base.path())) {
      try {
        return TextModelOutline.layers(base.path(), family.title(), labels);
      } catch (ModelException e) {
        // Of no family that is computed here, but its layers have names all the same.
      }
    }
    return Family.of(
        family.title(),
        new SiteCatalogue(family.sites().all().stream().map(BaseLayers::below).toList()));
  }

  private static Site below(Site site) {
    return new Site(
        TextModel.MODEL + "." + site.name(),
        site.kind(),
        site.weight(),
        site.bias(),
        site.stride(),
        site.padding(),
        site.dilation(),
        site.groups());
  }
}
