print("Hello from {{ cookiecutter.project_name }}")
