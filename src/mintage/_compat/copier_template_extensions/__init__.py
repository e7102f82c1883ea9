"""What extensions of Copier templates import from `copier_template_extensions`.

Found only by them, and only when that package itself is not installed.
"""

from mintage.formats.copier.extensions import ContextHook, TemplateExtensionLoader

__all__ = ["ContextHook", "TemplateExtensionLoader"]
