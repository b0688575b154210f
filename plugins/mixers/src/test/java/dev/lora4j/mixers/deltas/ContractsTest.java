package dev.lora4j.mixers.deltas;

import dev.lora4j.testkit.DeltaMixerContract;
import org.junit.jupiter.api.Nested;

/** The mixers keep the contract of their kind. */
class ContractsTest {
  @Nested
  class Svd extends DeltaMixerContract {
    Svd() {
      super("svd");
    }

    @Override
    protected String neutral() {
      return "svd:rank=6";
    }
  }

  @Nested
  class Ties extends DeltaMixerContract {
    Ties() {
      super("ties");
    }

    @Override
    protected String neutral() {
      return "ties:density=1";
    }
  }

  @Nested
  class TiesByTensor extends DeltaMixerContract {
    TiesByTensor() {
      super("ties:trim=tensor,density=0.4");
    }

    @Override
    protected String neutral() {
      return "ties:density=1,divide=weights";
    }
  }

  @Nested
  class DareLinear extends DeltaMixerContract {
    DareLinear() {
      super("dare-linear");
    }

    @Override
    protected String neutral() {
      return "dare-linear:density=1";
    }
  }

  @Nested
  class DareTies extends DeltaMixerContract {
    DareTies() {
      super("dare-ties");
    }

    @Override
    protected String neutral() {
      return "dare-ties:density=1";
    }
  }

  @Nested
  class TaskArithmetic extends DeltaMixerContract {
    TaskArithmetic() {
      super("task-arithmetic:lambda=0.7");
    }

    @Override
    protected String neutral() {
      return "task-arithmetic";
    }
  }

  @Nested
  class WeightedMean extends DeltaMixerContract {
    WeightedMean() {
      super("task-arithmetic:normalise=true");
    }

    @Override
    protected String neutral() {
      return "task-arithmetic:normalise=true";
    }
  }

  @Nested
  class MagnitudePrune extends DeltaMixerContract {
    MagnitudePrune() {
      super("magnitude-prune");
    }

    @Override
    protected String neutral() {
      return "magnitude-prune:density=1";
    }
  }

  @Nested
  class BreadcrumbsLinear extends DeltaMixerContract {
    BreadcrumbsLinear() {
      super("breadcrumbs-linear");
    }

    @Override
    protected String neutral() {
      return "breadcrumbs-linear:density=1";
    }
  }

  @Nested
  class BreadcrumbsTies extends DeltaMixerContract {
    BreadcrumbsTies() {
      super("breadcrumbs-ties");
    }

    @Override
    protected String neutral() {
      return "breadcrumbs-ties:density=1";
    }
  }

  @Nested
  class DellaLinear extends DeltaMixerContract {
    DellaLinear() {
      super("della-linear");
    }

    @Override
    protected String neutral() {
      return "della-linear:density=1";
    }
  }

  @Nested
  class DellaTies extends DeltaMixerContract {
    DellaTies() {
      super("della-ties");
    }

    @Override
    protected String neutral() {
      return "della-ties:density=1";
    }
  }

  @Nested
  class Karcher extends DeltaMixerContract {
    Karcher() {
      super("karcher");
    }

    @Override
    protected String neutral() {
      return "karcher";
    }
  }

  @Nested
  class Knots extends DeltaMixerContract {
    Knots() {
      super("knots");
    }

    @Override
    protected String neutral() {
      return "knots:density=1";
    }
  }

  @Nested
  class KnotsWithDare extends DeltaMixerContract {
    KnotsWithDare() {
      super("knots:rule=dare_ties,density=0.6");
    }

    @Override
    protected String neutral() {
      return "knots:rule=dare_ties,density=1";
    }
  }

  @Nested
  class Lego extends DeltaMixerContract {
    Lego() {
      super("lego:rank=2");
    }

    @Override
    protected String neutral() {
      return "lego";
    }
  }

  @Nested
  class ModelStock extends DeltaMixerContract {
    ModelStock() {
      super("model-stock");
    }

    @Override
    protected boolean takesOne() {
      return false;
    }
  }

  /** By weights, whose order goes with that of the adapters. */
  @Nested
  class Slerp extends DeltaMixerContract {
    Slerp() {
      super("slerp");
    }

    @Override
    protected int adapters() {
      return 2;
    }

    @Override
    protected boolean takesOne() {
      return false;
    }
  }

  @Nested
  class SlerpAtAPlace extends DeltaMixerContract {
    SlerpAtAPlace() {
      super("slerp:t=0.3");
    }

    @Override
    protected int adapters() {
      return 2;
    }

    @Override
    protected boolean takesOne() {
      return false;
    }

    @Override
    protected boolean commutes() {
      return false;
    }
  }
}
