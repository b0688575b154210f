package dev.lora4j.core.adapter.oft;

import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.nn.Site;
import java.util.EnumSet;
import java.util.Set;

/**
 * Training of a method that rotates inputs or outputs of linear layers and convolutions. A rotation
 * has no scale, and dropout leaves out the whole of it, since a part of one is none.
 */
public interface RotationTraining extends TrainableMethod {
  @Override
  default Set<Site.Kind> kinds() {
    return EnumSet.of(Site.Kind.LINEAR, Site.Kind.CONVOLUTION);
  }

  @Override
  default Set<DropoutKind> dropouts() {
    return EnumSet.of(DropoutKind.MODULE);
  }

  @Override
  default double scale(Site site, SiteRecipe recipe) {
    return 1;
  }
}
